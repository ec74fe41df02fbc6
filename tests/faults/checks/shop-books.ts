import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'

/** An order as the database has it. */
export interface StoredOrder {
  id: number
  requestId: string
  status: 'pending' | 'confirmed' | 'rejected' | 'cancelled'
}

/** All orders of some products. */
export function storedOrders(url: string, productIds: readonly number[]): Promise<StoredOrder[]> {
  return runSql<StoredOrder>(
    url,
    `select id::int, correlation_id as "requestId", status from orders.orders where product_id = any($1)`,
    [productIds],
  )
}

const promptSeconds = 5

/** @throws Error when an order of these products took longer to settle than one should that no fault has met */
export async function requirePrompt(url: string, productIds: readonly number[]): Promise<void> {
  const seconds = await numberOf(
    url,
    `select coalesce(extract(epoch from max(settled_at - created_at))::float, 'infinity') as number
       from orders.orders where product_id = any($1)`,
    [productIds],
  )
  if (seconds > promptSeconds)
    throw new Error(`an order that nothing was done to took ${seconds} s to settle`)
}

/** The one number that a statement selects, under the name `number`. */
export async function numberOf(url: string, sql: string, values: unknown[] = []): Promise<number> {
  const [row] = await runSql<{ number: number | string }>(url, sql, values)
  return Number(row?.number ?? 0)
}

/**
 * Waits until none of the orders that are there now is pending, nor on its way to give its stock back, at most `limitMs`;
 * resolves to how many still are.
 */
export async function untilSettled(url: string, limitMs: number): Promise<number> {
  const newest = await numberOf(url, 'select max(id) as number from orders.orders')
  const unsettled = `select count(*) as number from orders.orders
    where (status = 'pending' or (status = 'cancelled' and stock_returned_at is null)) and id <= $1`
  let left = 0
  const isSettled = async () => {
    left = await numberOf(url, unsettled, [newest])
    return left === 0
  }
  await eventually(isSettled, limitMs).catch(() => {})
  return left
}
