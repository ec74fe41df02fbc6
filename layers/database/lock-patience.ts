import { configuration } from '@stockroom/runtime/configuration'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { query, type Transaction } from './query.ts'
import { lockTimeoutMs } from './session-settings.ts'
import { lockNotAvailable, sqlStateOf } from './sql-state.ts'

/**
 * Runs `work`, whose statements wait for a lock for `patienceMs` milliseconds at most. Resolves to undefined when one of
 * them waited in vain: nothing of `work` has happened then, and the transaction goes on.
 *
 * On Lambda statements wait as long as they always do: RDS Proxy would pin a connection that sets anything,
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
 *
 * @example
 * const row = await withPatience(trx, 100, () => query(trx, 'select 1 from products.products where id = 7 for update'))
 */
export async function withPatience<Result>(
  trx: Transaction,
  patienceMs: number,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const waiting = (limitMs: number) => (freezesAfterAnswer() ? '' : `; set local lock_timeout = ${limitMs}`)
  await query(trx, `savepoint patience${waiting(patienceMs)}`)
  try {
    const result = await work()
    await query(trx, `release savepoint patience${waiting(lockTimeoutMs(configuration().databaseTimeoutMs))}`)
    return result
  } catch (error) {
    if (sqlStateOf(error) !== lockNotAvailable) throw error
    await query(trx, 'rollback to savepoint patience; release savepoint patience')
    return undefined
  }
}
