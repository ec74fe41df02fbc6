/**
 * Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html that say what befell the server or the way
 * to it. A `commit` may have taken place before: PostgreSQL that is shut down while it waits for a standby has stored it.
 */
const mishaps = /^(08|57P|58|F0|XX)/

/** pg hasn't sent a statement that fails so; knex puts the statement before it. */
const neverSent = /(?:^| - )Client (?:has encountered a connection error|was closed) and is not queryable/

/** Whether an error of `commit` says for certain that nothing was stored. */
export function isRolledBack(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (neverSent.test(error.message)) return true
  const code = 'code' in error ? String(error.code) : ''
  return /^(?!E)[0-9A-Z]{5}$/.test(code) && !mishaps.test(code)
}
