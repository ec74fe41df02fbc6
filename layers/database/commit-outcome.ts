import { sqlStateOf } from './sql-state.ts'

/**
 * Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html that say what befell the server or the way
 * to it. A `commit` may have taken place before: PostgreSQL that is shut down while it waits for a standby has stored it.
 */
const mishaps = /^(08|57P|58|F0|XX)/

/** pg hasn't sent a statement that fails so; knex puts the statement before it. */
const neverSent = /(?:^| - )Client (?:has encountered a connection error|was closed) and is not queryable/

/** Whether an error of `commit` says for certain that nothing was stored. */
export function isRolledBack(error: unknown): boolean {
  const state = sqlStateOf(error)
  return (state !== '' && !mishaps.test(state)) || (error instanceof Error && neverSent.test(error.message))
}
