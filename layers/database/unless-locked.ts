import { query, type Transaction } from './query.ts'
import { lockNotAvailable, sqlStateOf } from './sql-state.ts'

/**
 * Runs `work` in the transaction, and resolves to undefined when one of its statements has waited for a lock for as long
 * as the shop's sessions do, a second: nothing of `work` has happened then, and the transaction goes on.
 *
 * @example
 * const rows = await unlessLocked(trx, () => query(trx, 'select 1 from products.products where id = 7 for update'))
 */
export async function unlessLocked<Result>(
  trx: Transaction,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  await query(trx, 'savepoint unless_locked')
  try {
    const result = await work()
    await query(trx, 'release savepoint unless_locked')
    return result
  } catch (error) {
    if (sqlStateOf(error) !== lockNotAvailable) throw error
    await query(trx, 'rollback to savepoint unless_locked; release savepoint unless_locked')
    return undefined
  }
}
