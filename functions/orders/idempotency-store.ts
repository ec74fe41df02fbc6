import { query, type Transaction } from '@stockroom/database/query'
import type { Idempotency } from './idempotency.ts'
import type { Order } from './order.ts'
import { orderColumns } from './order-store.ts'

/** An accepted order with the fingerprint of the request that it was accepted for. */
export interface RememberedOrder {
  fingerprint: string
  order: Order
}

const kept = "interval '24 hours'"
const keysPerRun = 10_000

/** Finds the order that a key was used for within the last 24 hours. */
export async function findRemembered(key: string): Promise<RememberedOrder | undefined> {
  const [row] = await query<Order & { fingerprint: string }>(
    'orders',
    `select ${orderColumns}, fingerprint
       from orders.orders join (
         select order_id, fingerprint from orders.idempotency_keys where key = ? and created_at > now() - ${kept}
       ) remembered on order_id = id`,
    [key],
  )
  if (!row) return undefined
  const { fingerprint, ...order } = row
  return { fingerprint, order }
}

/**
 * Takes keys for the orders of this transaction. Waits up to `patienceMs` for transactions that are just taking one of
 * them, and then leaves those out that are still locked. What resolves as neither belongs to another order.
 */
export async function takeKeys(
  trx: Transaction,
  wanted: readonly Idempotency[],
  patienceMs: number,
): Promise<{ taken: Set<string>; locked: Set<string> }> {
  if (wanted.length === 0) return { taken: new Set(), locked: new Set() }
  const rows = await query<{ key: string; isLocked: boolean }>(
    trx,
    `select wanted_key as key, is_locked as "isLocked" from orders.take_keys(?, ${kept}, ?)`,
    [JSON.stringify(wanted), patienceMs],
  )
  const keysOf = (those: typeof rows) => new Set(those.map(({ key }) => key))
  return {
    taken: keysOf(rows.filter((row) => !row.isLocked)),
    locked: keysOf(rows.filter((row) => row.isLocked)),
  }
}

/** Notes which orders the taken keys stand for. */
export async function rememberOrders(
  trx: Transaction,
  remembered: readonly { key: string; orderId: number }[],
): Promise<void> {
  if (remembered.length === 0) return
  await query(
    trx,
    `update orders.idempotency_keys
        set order_id = remembered."orderId"
       from json_to_recordset(?) as remembered(name text, "orderId" bigint)
      where key = remembered.name`,
    [JSON.stringify(remembered.map(({ key, orderId }) => ({ name: key, orderId })))],
  )
}

/** Forgets keys that are older than 24 hours, a bounded number at a time, and resolves to how many it forgot. */
export async function forgetOldKeys(): Promise<number> {
  const rows = await query(
    'orders',
    `delete from orders.idempotency_keys
      where key in (
        select key from orders.idempotency_keys where created_at <= now() - ${kept} order by created_at limit ?
          for update skip locked
      )
     returning key`,
    [keysPerRun],
  )
  return rows.length
}
