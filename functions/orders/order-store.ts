import { commitStatement, type Statement } from '@stockroom/database/pipelined'
import { query } from '@stockroom/database/query'
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
export type Placed = Pick<Order, 'id' | 'productId' | 'quantity' | 'createdAt'>

/** How an order was placed, and whether it is cancelled. */
export interface Placement extends Placed {
  isCancelled: boolean
}

/** An order that may be settled: locked for the transaction, unless it is settled or somebody else keeps it locked. */
export interface Settleable extends Placement {
  requestId: string | null
  isSettled: boolean
  isLocked: boolean
  /** The time of the transaction. */
  now: string
}

/** An order with the request id that it follows from. */
export interface TracedOrder {
  order: Order
  requestId: string | undefined
}

/** The columns of an order, as the shop shows it. */
export const orderColumns = `orders.id, product_id as "productId", quantity, unit_price as "unitPrice",
  total_price as "totalPrice", orders.status, orders.reason, created_at as "createdAt", settled_at as "settledAt"`
const tracedColumns = `${orderColumns}, correlation_id as "requestId"`

/** After which an order is announced again that is still pending, for the first time. */
export const firstPause = "interval '5 seconds'"

/** Cancelled orders that aren't known to have given their stock back, in SQL. */
const isReturning = `status = 'cancelled' and stock_returned_at is null`

type TracedRow = Order & { requestId: string | null }

const traced = ({ requestId, ...order }: TracedRow): TracedOrder => ({
  order,
  requestId: requestId ?? undefined,
})

/** Reads one order, or undefined. */
export async function findOrder(id: number): Promise<Order | undefined> {
  const [order] = await query<Order>('orders', `select ${orderColumns} from orders.orders where id = ?`, [id])
  return order
}

/** Reads what was ordered under these ids, and when; an id without an order is left out. */
export function findPlacements(ids: readonly number[]): Promise<Placement[]> {
  return query<Placement>(
    'orders',
    `select id, product_id as "productId", quantity, created_at as "createdAt", status = 'cancelled' as "isCancelled"
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

/** The statement that locks orders for being settled, and reads them as {@link Settleable}. */
export const lockForSettlement = (ids: readonly number[]): Statement => ({
  // By settled_at, since the index of pending orders would lead through every order that was settled since its last
  // vacuum.
  sql: `with locked as (
          select id from orders.orders where id = any(?) and settled_at is null order by id for update skip locked
        )
        select orders.id, product_id as "productId", quantity, created_at as "createdAt",
               correlation_id as "requestId", settled_at is not null as "isSettled",
               status = 'cancelled' as "isCancelled",
               settled_at is null and locked.id is null as "isLocked", now()::timestamptz(3) as now
          from orders.orders left join locked on locked.id = orders.id
         where orders.id = any(?)`,
  bindings: [ids, ids],
})

/** The statement that settles orders which the transaction has locked; none for none. */
export function settle(settlements: readonly Settlement[]): Statement[] {
  if (settlements.length === 0) return []
  const rows = settlements.map(({ orderId, status, reason }) => ({ orderId, status, reason }))
  return [
    {
      sql: `update orders.orders
               set status = settlement.status, reason = settlement.reason, settled_at = now()
              from json_to_recordset(?) as settlement("orderId" bigint, status text, reason text)
             where id = "orderId" and id = any(?)`, // or it might be planned to read the whole table
      bindings: [JSON.stringify(rows), rows.map(({ orderId }) => orderId)],
    },
  ]
}

/**
 * The statements that note of cancelled orders that they hold no stock any more; none for none. One that somebody has locked
 * is announced again.
 */
export function noteReturned(ids: readonly number[]): Statement[] {
  if (ids.length === 0) return []
  return [
    {
      sql: `update orders.orders set stock_returned_at = now()
             where id in (
               select id from orders.orders
                where id = any(?) and status = 'cancelled' and stock_returned_at is null
                order by id
                  for update skip locked
             )`,
      bindings: [ids],
    },
  ]
}

/** An order that is locked for the transaction, with the time of that. */
export type LockedOrder = Order & { now: string }

/** The statement that locks orders and reads them as {@link LockedOrder}; an id without an order is left out. */
export const lockOrders = (ids: readonly number[]): Statement => ({
  sql: `select ${orderColumns}, now()::timestamptz(3) as now
          from orders.orders where id = any(?) order by id for update`,
  bindings: [ids],
})

/**
 * The statements that cancel orders which the transaction has locked; none for none. They are announced again from now on,
 * until their stock is known to be back.
 */
export function cancel(ids: readonly number[]): Statement[] {
  if (ids.length === 0) return []
  return [
    {
      sql: `update orders.orders
               set status = 'cancelled', settled_at = now(), announcements = 1,
                   announce_again_at = now() + ${firstPause}
             where id = any(?)`,
      bindings: [ids],
    },
  ]
}

/** Orders that wait for something, as the sweep sees them. */
export interface OpenOrders {
  pending: number
  /** Cancelled, and not known to have given their stock back. */
  returning: number
}

/** How many orders wait for something. */
export async function countOpen(): Promise<OpenOrders> {
  const [row] = await query<OpenOrders>(
    'orders',
    `select (select count(*) from orders.orders where status = 'pending') as pending,
            (select count(*) from orders.orders where ${isReturning}) as returning`,
  )
  return row ?? { pending: 0, returning: 0 }
}

/**
 * Takes up to `limit` pending orders whose next announcement is due, longest waiting first, and puts their next one
 * off: by 10 s, doubling up to an hour. Orders that another instance has locked are passed over.
 */
export const claimUnsettledOrders = (limit: number): Promise<TracedOrder[]> =>
  claimDueOrders(`status = 'pending'`, limit)

/** The same of cancelled orders that aren't known to have given their stock back. */
export const claimReturningOrders = (limit: number): Promise<TracedOrder[]> =>
  claimDueOrders(isReturning, limit)

async function claimDueOrders(which: string, limit: number): Promise<TracedOrder[]> {
  const rows = await commitStatement<TracedRow>('orders', {
    sql: `update orders.orders
        set announcements = announcements + 1,
            announce_again_at = now() + least(${firstPause} * power(2, least(announcements, 10)), interval '1 hour')
      where id in (
        select id from orders.orders
         where ${which} and announce_again_at <= now()
         order by announce_again_at
         limit ?
           for update skip locked
      )
      returning ${tracedColumns}`,
    bindings: [limit],
  })
  return rows.map(traced)
}

/**
 * Makes the next announcement of every order that is announced again due now, except of those that somebody has locked; the column has
 * milliseconds, which are not rounded up.
 */
export async function makeAnnouncementsDue(): Promise<void> {
  await commitStatement('orders', {
    sql: `update orders.orders set announce_again_at = date_trunc('milliseconds', now())
      where id in (
        select id from orders.orders
         where (status = 'pending' or (${isReturning})) and announce_again_at > now()
           for update skip locked
      )`,
  })
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
