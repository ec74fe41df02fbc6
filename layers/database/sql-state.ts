import { Unavailable } from '@stockroom/runtime/unavailable'

/** The SQLSTATE of an error that PostgreSQL has answered, also of one that counts as Unavailable; else an empty text. */
export function sqlStateOf(error: unknown): string {
  const origin = error instanceof Unavailable ? error.cause : error
  const code = origin instanceof Error && 'code' in origin ? String(origin.code) : ''
  return /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : '' // Node's EPIPE is none
}
