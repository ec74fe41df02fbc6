import { withPatience } from '@stockroom/database/lock-patience'
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

/** Once it has waited in vain, a transaction looks for what is locked with little patience. */
const briefMs = 10
/** From then on it leaves out what stands beside a locked key, too: somebody holds very many. */
const mostInVain = 30

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
  const taken = new Set<string>()
  const locked = new Set<string>()
  const parts = wanted.length > 0 ? [wanted.toSorted(byKey)] : []
  for (let part = parts.shift(), inVain = 0; part; part = parts.shift()) {
    const keys = part
    const free = await withPatience(trx, inVain === 0 ? patienceMs : briefMs, () => insertKeys(trx, keys))
    if (free) for (const key of free) taken.add(key)
    else if (keys.length === 1 || inVain >= mostInVain) for (const { key } of keys) locked.add(key)
    else parts.unshift(...eighthsOf(keys))
    if (!free) inVain += 1
  }
  return { taken, locked }
}

/** In the same order in every transaction, so that no two wait for each other. */
const byKey = ({ key: one }: Idempotency, { key: other }: Idempotency) => (one < other ? -1 : 1)

function eighthsOf(keys: readonly Idempotency[]): Idempotency[][] {
  const size = Math.ceil(keys.length / 8)
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, part) =>
    keys.slice(part * size, (part + 1) * size),
  )
}

async function insertKeys(trx: Transaction, keys: readonly Idempotency[]): Promise<string[]> {
  const rows = await query<{ key: string }>(
    trx,
    `insert into orders.idempotency_keys as present (key, fingerprint)
     select key, fingerprint from json_to_recordset(?) as wanted(key text, fingerprint text) order by key collate "C"
     on conflict (key) do update
        set fingerprint = excluded.fingerprint, order_id = null, created_at = now()
      where present.created_at <= now() - ${kept}
     returning key`,
    [JSON.stringify(keys)],
  )
  return rows.map(({ key }) => key)
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
