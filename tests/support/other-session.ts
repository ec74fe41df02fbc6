import pg from 'pg'
import { eventually } from '../../bench/processes/eventually.ts'
import { runSql } from '../../bench/services/databases.ts'

type Statement = readonly [sql: string, values?: unknown[]]

/** Somebody else's session in the middle of a transaction, which keeps locked what the statements lock until `end`. */
export async function openTransaction(databaseUrl: string, ...statements: Statement[]) {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await client.query('begin')
  for (const [sql, values] of statements) await client.query(sql, values)
  return {
    run: (...[sql, values]: Statement) => client.query(sql, values),
    async end(outcome: 'commit' | 'rollback' = 'rollback'): Promise<void> {
      await client.query(outcome)
      await client.end()
    },
  }
}

/** Somebody who keeps a row locked until `end`. */
export const lockRow = (databaseUrl: string, table: string, id: number) =>
  openTransaction(databaseUrl, [`select 1 from ${table} where id = $1 for update`, [id]])

/** Resolves when a session waits for a lock. */
export const somebodyWaits = (databaseUrl: string) =>
  eventually(async () => {
    const waiting =
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return (await runSql(databaseUrl, waiting)).length > 0
  })
