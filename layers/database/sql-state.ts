import { Unavailable } from '@stockroom/runtime/unavailable'

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: what a statement says whose `lock_timeout` is over. */
export const lockNotAvailable = '55P03'

/** The SQLSTATE of an error that PostgreSQL has answered, also of one that counts as Unavailable; else an empty text. */
export function sqlStateOf(error: unknown): string {
  const origin = error instanceof Unavailable ? error.cause : error
  const code = origin instanceof Error && 'code' in origin ? String(origin.code) : ''
  return /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : '' // Node's EPIPE is none
}
