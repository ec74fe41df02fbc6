const networkCodes = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/** Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html that a later try may not meet. */
const passingSqlStates = [
  /^08/, // connection exception
  /^28/, // the user or the password is refused, as while they are being rotated
  /^53/, // insufficient resources, too many connections
  /^57P/, // shutting down, starting up, dropped, idle for too long
  '25006', // read-only: a replica, or a primary that failed over
  '25P03', // the transaction was idle for too long
  '25P04', // the transaction took too long
  '3D000', // no such database: dropped, perhaps to be restored
  '40001', // serialisation failure
  '40P01', // deadlock
  '55006', // an object is in use
  '55P03', // lock_timeout
  '57014', // cancelled, as by statement_timeout
  '58030', // I/O error
]

/** knex puts the statement before what pg says. */
const driverMessages =
  /(?:^| - )(Query read timeout|Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Connection ended)/

/** Whether PostgreSQL has refused the user or the password. */
export const areCredentialsRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^28/.test(String(error.code))

/** Whether an error of pg or knex says that the database is away or overloaded, rather than that the SQL is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    error.name === 'KnexTimeoutError' ||
    networkCodes.has(code) ||
    passingSqlStates.some((state) => (typeof state === 'string' ? state === code : state.test(code))) ||
    driverMessages.test(error.message)
  )
}
