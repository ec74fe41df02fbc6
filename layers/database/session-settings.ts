import { configuration } from '@stockroom/runtime/configuration'
import { processPolicy } from '@stockroom/runtime/process-policy'
import type { Client } from 'pg'

/** How long a session may leave its transaction alone at least: publishing the outbox takes up to 6 s within one. */
const idleInTransactionMs = 10_000

/**
 * What every session of the shop has set, whatever the server, the database or the role says: what statements rely
 * on, and a limit for every wait, so that whoever vanishes leaves no lock behind. `timeoutMs` is the limit of a
 * statement. https://www.postgresql.org/docs/current/runtime-config-client.html
 */
export const sessionSettings = (timeoutMs: number): Record<string, string> => ({
  statement_timeout: `${timeoutMs}`,
  // Below the limit of the statement, so that a lock is told from slowness.
  lock_timeout: `${lockTimeoutMs(timeoutMs)}`,
  idle_in_transaction_session_timeout: `${Math.max(idleInTransactionMs, timeoutMs)}`,
  // A client whose network is gone is noticed after 25 s.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  // Plans that don't hang on statistics. A statement is planned once per connection (statement-name.ts), perhaps while
  // its table is empty: PostgreSQL would then read the whole table for each batch of a sale, until its next
  // autoanalyze. Every statement of the shop has its index; without JIT, since a plan that has none counts as
  // expensive enough for it.
  enable_seqscan: 'off',
  jit: 'off',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  // Every table is named with its schema; functions and types are PostgreSQL's own.
  search_path: 'pg_catalog',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
})

/**
 * Whether what a connection sets and prepares is there for its next transaction: not behind PgBouncer in transaction
 * mode, and on Lambda RDS Proxy would pin the connection. https://www.pgbouncer.org/features.html
 */
export const keepsSessions = (): boolean =>
  processPolicy().ownsSessions && configuration().databasePoolMode === 'session'

/** Milliseconds that a statement of the shop waits for a lock, where a statement may take `timeoutMs`. */
export const lockTimeoutMs = (timeoutMs: number): number => Math.ceil((timeoutMs * 2) / 3)

/**
 * Gives a new connection its settings in one round trip. PgBouncer and RDS Proxy refuse them in the start-up message.
 * @throws what pg says; the connection is closed then
 */
export async function prepareSession(connection: Client, settings: Record<string, string>): Promise<void> {
  try {
    await connection.query('select set_config(key, value, false) from json_each_text($1)', [
      JSON.stringify(settings),
    ])
  } catch (error) {
    connection.end().catch(() => {})
    throw error
  }
}
