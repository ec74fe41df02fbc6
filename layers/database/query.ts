import { Unavailable } from '@stockroom/runtime/unavailable'
import type { Knex } from 'knex'
import { type Domain, database } from './connection.ts'
import { isUnavailable } from './unavailability.ts'

/** A transaction in which {@link query} can run. */
export type Transaction = Knex.Transaction

/**
 * Runs one SQL statement and resolves to its rows; `?` stands for a binding, an array binds as one PostgreSQL array.
 * @throws Unavailable when the database can't be reached or doesn't answer in time
 *
 * @example
 * const [product] = await query<Product>('products', 'select * from products.products where id = ?', [7])
 */
export async function query<Row>(
  session: Domain | Transaction,
  sql: string,
  bindings: unknown[] = [],
): Promise<Row[]> {
  const executor = typeof session === 'string' ? database(session) : session
  try {
    const result = await executor.raw(sql, bindings as Knex.RawBinding[])
    return result.rows
  } catch (error) {
    throw isUnavailable(error) ? new Unavailable('database', error) : error
  }
}

/**
 * Runs `work` in one transaction of the domain's database: commits when it resolves, rolls back when it throws.
 * @throws Unavailable when the database goes away; it isn't known then whether a commit under way took place
 */
export async function transaction<Result>(
  domain: Domain,
  work: (trx: Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await database(domain).transaction(work)
  } catch (error) {
    throw isUnavailable(error) ? new Unavailable('database', error) : error
  }
}
