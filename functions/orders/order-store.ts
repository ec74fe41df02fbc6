import { query, type Transaction } from '@stockroom/database/query'
import type { NewOrder, Order } from './order.ts'

/** An order that is to be stored, with the request id that its events carry. */
export interface OrderDraft extends NewOrder {
  unitPrice: number
  totalPrice: number
  requestId: string
}

/** What becomes of a pending order. */
export interface Settlement {
  orderId: number
  status: 'confirmed' | 'rejected'
  reason: Order['reason']
}

/** What of an order never changes. */
export type Placement = Pick<Order, 'id' | 'productId' | 'quantity' | 'createdAt'>

/** An order with the request id that it follows from. */
export interface TracedOrder {
  order: Order
  requestId: string | undefined
}

/** The columns of an order, as the shop shows it. */
export const orderColumns = `orders.id, product_id as "productId", quantity, unit_price as "unitPrice",
  total_price as "totalPrice", orders.status, orders.reason, created_at as "createdAt", settled_at as "settledAt"`
const tracedColumns = `${orderColumns}, correlation_id as "requestId"`

type TracedRow = Order & { requestId: string | null }

const traced = ({ requestId, ...order }: TracedRow): TracedOrder => ({
  order,
  requestId: requestId ?? undefined,
})

/** Stores orders and resolves to them in the order of the drafts, in which their ids rise. */
export async function insertOrders(trx: Transaction, drafts: readonly OrderDraft[]): Promise<Order[]> {
  const inserted = await query<Pick<Order, 'id' | 'createdAt'>>(
    trx,
    `insert into orders.orders (product_id, quantity, unit_price, total_price, correlation_id)
     select "productId", quantity, "unitPrice", "totalPrice", "requestId"
       from json_to_recordset(?) as draft("productId" bigint, quantity integer, "unitPrice" numeric,
                                          "totalPrice" numeric, "requestId" text)
     returning id, created_at as "createdAt"`,
    [JSON.stringify(drafts)],
  )
  inserted.sort((one, other) => one.id - other.id)
  return drafts.map(({ productId, quantity, unitPrice, totalPrice }, index) => {
    const { id, createdAt } = inserted[index] as (typeof inserted)[number]
    const pending = { status: 'pending', reason: null, createdAt, settledAt: null } as const
    return { id, productId, quantity, unitPrice, totalPrice, ...pending }
  })
}

/** Reads one order, or undefined. */
export async function findOrder(id: number): Promise<Order | undefined> {
  const [order] = await query<Order>('orders', `select ${orderColumns} from orders.orders where id = ?`, [id])
  return order
}

/** Reads what was ordered under these ids, and when; an id without an order is left out. */
export function findPlacements(ids: readonly number[]): Promise<Placement[]> {
  return query<Placement>(
    'orders',
    `select id, product_id as "productId", quantity, created_at as "createdAt"
       from orders.orders where id = any(?)`,
    [ids],
  )
}

/** Reads the orders of a product newest first, those with an id below `before`. */
export function listOrders(
  productId: number,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Order[]> {
  return query<Order>(
    'orders',
    `select ${orderColumns} from orders.orders where product_id = ? and id < ? order by id desc limit ?`,
    [productId, before, limit],
  )
}

/** Reads the orders of all products newest first, those with an id below `before`. */
export function listAllOrders(limit: number, before: number = Number.MAX_SAFE_INTEGER): Promise<Order[]> {
  return query<Order>(
    'orders',
    `select ${orderColumns} from orders.orders where id < ? order by id desc limit ?`,
    [before, limit],
  )
}

/**
 * Settles orders that are still pending and resolves to those; an order that is settled stays as it is, and so does one
 * that somebody has locked.
 */
export async function settleOrders(
  trx: Transaction,
  settlements: readonly Settlement[],
): Promise<TracedOrder[]> {
  const rows = await query<TracedRow>(
    trx,
    // By settled_at, since the index of pending orders would lead through every order that was settled since its last
    // vacuum.
    `with pending as (
       select id from orders.orders where id = any(?) and settled_at is null order by id for update skip locked
     )
     update orders.orders
        set status = settlement.status, reason = settlement.reason, settled_at = now()
       from json_to_recordset(?) as settlement("orderId" bigint, status text, reason text)
            join pending on id = "orderId"
      where orders.id = "orderId"
      returning ${tracedColumns}`,
    [settlements.map(({ orderId }) => orderId), JSON.stringify(settlements)],
  )
  return rows.map(traced)
}

/** Tells which of some orders are pending. */
export async function findPending(trx: Transaction, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await query<{ id: number }>(
    trx,
    'select id from orders.orders where id = any(?) and settled_at is null',
    [ids],
  )
  return new Set(rows.map(({ id }) => id))
}

/**
 * Takes up to `limit` pending orders whose next announcement is due, longest waiting first, and puts their next one
 * off: 30 s after the first, then doubling up to an hour. Orders that another instance has locked are passed over.
 */
export async function claimUnsettledOrders(trx: Transaction, limit: number): Promise<TracedOrder[]> {
  const rows = await query<TracedRow>(
    trx,
    `update orders.orders
        set announcements = announcements + 1,
            announce_again_at = now() + least(30 * power(2, least(announcements, 7)), 3600) * interval '1 second'
      where id in (
        select id from orders.orders
         where status = 'pending' and announce_again_at <= now()
         order by announce_again_at
         limit ?
           for update skip locked
      )
      returning ${tracedColumns}`,
    [limit],
  )
  return rows.map(traced)
}

/**
 * Makes the next announcement of every pending order due now, except of those that somebody has locked; the column has
 * milliseconds, which are not rounded up.
 */
export async function makeAnnouncementsDue(trx: Transaction): Promise<void> {
  await query(
    trx,
    `update orders.orders set announce_again_at = date_trunc('milliseconds', now())
      where id in (
        select id from orders.orders where status = 'pending' and announce_again_at > now() for update skip locked
      )`,
  )
}

/** How long the oldest pending order has been waiting to be settled, in seconds; 0 when none is pending. */
export async function pendingAgeSeconds(): Promise<number> {
  const [oldest] = await query<{ seconds: number }>(
    'orders',
    `select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as seconds
       from orders.orders
      where status = 'pending'`,
  )
  return oldest?.seconds ?? 0
}
