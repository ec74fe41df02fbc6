import { query } from '@stockroom/database/query'
import { runSql } from '../../bench/services/databases.ts'

/** How many rows and index entries PostgreSQL reads for `work`. */
export async function rowsRead(databaseUrl: string, work: () => Promise<unknown>): Promise<number> {
  const before = await readSoFar(databaseUrl)
  await work()
  return (await readSoFar(databaseUrl)) - before
}

async function readSoFar(databaseUrl: string): Promise<number> {
  await query('orders', 'select pg_stat_force_next_flush()')
  const [sum] = await runSql<{ read: number }>(
    databaseUrl,
    `select ((select sum(seq_tup_read) from pg_stat_user_tables) +
             (select sum(idx_tup_read) from pg_stat_user_indexes))::float as read`,
  )
  return sum?.read ?? Number.NaN
}
