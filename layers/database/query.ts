import { currentDeadline } from '@stockroom/runtime/commit-deadline'
import { distrustSecrets } from '@stockroom/runtime/secrets'
import { OutcomeUnknown, Unavailable } from '@stockroom/runtime/unavailable'
import type { Knex } from 'knex'
import { isRolledBack } from './commit-outcome.ts'
import { type Domain, database } from './connection.ts'
import { areCredentialsRefused, isUnavailable } from './unavailability.ts'

/** A transaction in which {@link query} can run. */
export type Transaction = Knex.Transaction

/**
 * Runs one SQL statement and resolves to its rows; `?` stands for a binding, an array binds as one PostgreSQL array.
 * What a request changes belongs into a {@link transaction}: a statement by itself goes on after its request was refused.
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
 * Runs `work` in one transaction of the domain's database: commits when it resolves, rolls back when it throws, or when
 * the deadline that it runs under (commit-deadline.ts) is over before the commit.
 * @throws Unavailable when the database goes away, or the deadline is over: nothing is stored then
 * @throws OutcomeUnknown when the database goes away during the commit
 */
export async function transaction<Result>(
  domain: Domain,
  work: (trx: Transaction) => Promise<Result>,
): Promise<Result> {
  const deadline = currentDeadline()
  let isCommitting = false
  try {
    return await uncrowded(domain).transaction(async (trx) => {
      const result = await work(trx)
      if (deadline && !deadline.beginCommit()) throw new Unavailable('database', 'it took too long')
      isCommitting = true
      return result
    })
  } catch (error) {
    throw isCommitting && !isRolledBack(error) ? new OutcomeUnknown(error) : asUnavailable(error)
  }
}

/** What callers are told of a failure. */
export function asUnavailable(error: unknown): unknown {
  if (areCredentialsRefused(error)) distrustSecrets()
  return isUnavailable(error) ? new Unavailable('database', error) : error
}

const maxWaiting = 2000

/** The pool of a domain, unless so many wait for it already that a slow database would fill the memory with them. */
export function uncrowded(domain: Domain): Knex {
  const pool = database(domain)
  if (pool.client.pool.numPendingAcquires() >= maxWaiting) {
    throw new Unavailable('database', 'too many are waiting for it')
  }
  return pool
}
