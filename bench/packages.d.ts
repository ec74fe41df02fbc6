/**
 * What the benchmark uses of its own packages: they are installed when it runs first, and the project is type-checked
 * without them.
 */
declare module 'autocannon' {
  interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    method: string
    headers: Record<string, string>
    body: string
  }
  interface Instance extends PromiseLike<{ errors: number }> {
    on(
      event: 'response',
      listener: (client: unknown, statusCode: number, bytes: number, responseTimeMs: number) => void,
    ): void
  }
  export default function autocannon(options: Options): Instance
}

declare module 'fastify' {
  interface Reply {
    code(statusCode: number): Reply
    header(name: string, value: string): Reply
    send(body: object): Reply
  }
  interface Application {
    post<Body>(
      path: string,
      options: { schema: object },
      handler: (request: { body: Body }, reply: Reply) => Promise<Reply>,
    ): void
    listen(options: { port: number; host: string }): Promise<string>
    close(): Promise<void>
  }
  export default function fastify(): Application
}
