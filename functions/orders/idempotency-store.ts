import { query } from '@stockroom/database/query'
import type { Order } from './order.ts'
import { orderColumns } from './order-store.ts'

/** An accepted order with the fingerprint of the request that it was accepted for. */
export interface RememberedOrder {
  fingerprint: string
  order: Order
}

/** How long a key stands for its order, in SQL. */
export const keptFor = "interval '24 hours'"
const keysPerRun = 10_000

/** Finds the order that a key was used for within the last 24 hours. */
export async function findRemembered(key: string): Promise<RememberedOrder | undefined> {
  const [row] = await query<Order & { fingerprint: string }>(
    'orders',
    `select ${orderColumns}, fingerprint
       from orders.orders join (
         select order_id, fingerprint from orders.idempotency_keys where key = ? and created_at > now() - ${keptFor}
       ) remembered on order_id = id`,
    [key],
  )
  if (!row) return undefined
  const { fingerprint, ...order } = row
  return { fingerprint, order }
}

/** Forgets keys that are older than 24 hours, a bounded number at a time, and resolves to how many it forgot. */
export async function forgetOldKeys(): Promise<number> {
  const rows = await query(
    'orders',
    `delete from orders.idempotency_keys
      where key in (
        select key from orders.idempotency_keys where created_at <= now() - ${keptFor} order by created_at limit ?
          for update skip locked
      )
     returning key`,
    [keysPerRun],
  )
  return rows.length
}
