import { distrustSecrets } from '@stockroom/runtime/secrets'
import { Unavailable } from '@stockroom/runtime/unavailable'
import type { Knex } from 'knex'
import { type Domain, database } from './connection.ts'
import { areCredentialsRefused, isUnavailable } from './unavailability.ts'

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
  session: Domain | Knex,
  sql: string,
  bindings: unknown[] = [],
): Promise<Row[]> {
  try {
    const executor = typeof session === 'string' ? uncrowded(session) : session
    const result = await executor.raw(sql, bindings as Knex.RawBinding[])
    return result.rows
  } catch (error) {
    throw asUnavailable(error)
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
    return await uncrowded(domain).transaction(work)
  } catch (error) {
    throw asUnavailable(error)
  }
}

function asUnavailable(error: unknown): unknown {
  if (areCredentialsRefused(error)) distrustSecrets()
  return isUnavailable(error) ? new Unavailable('database', error) : error
}

/** A slow database must not fill the memory with those who wait for it. */
const maxWaiting = 2000

function uncrowded(domain: Domain): Knex {
  const pool = database(domain)
  if (pool.client.pool.numPendingAcquires() >= maxWaiting) {
    throw new Unavailable('database', 'too many are waiting for it')
  }
  return pool
}
