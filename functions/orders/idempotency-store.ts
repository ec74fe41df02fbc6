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
 * Takes keys for the orders of this transaction and resolves to those that it got: a key that belongs to another order
 * isn't among them. Waits for a transaction that is just taking the same key.
 */
export async function takeKeys(trx: Transaction, wanted: readonly Idempotency[]): Promise<Set<string>> {
  if (wanted.length === 0) return new Set()
  const rows = await query<{ key: string }>(
    trx,
    `insert into orders.idempotency_keys as present (key, fingerprint)
     select key, fingerprint from json_to_recordset(?) as wanted(key text, fingerprint text) order by key
     on conflict (key) do update
        set fingerprint = excluded.fingerprint, order_id = null, created_at = now()
      where present.created_at <= now() - ${kept}
     returning key`,
    [JSON.stringify(wanted)],
  )
  return new Set(rows.map(({ key }) => key))
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
