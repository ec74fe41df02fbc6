/** The benchmark's own packages are installed when it runs first, and the project is type-checked without them. */
declare module 'autocannon'
declare module 'fastify'
