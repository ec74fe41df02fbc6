import { query } from '@stockroom/database/query'
import type { Order } from './order.ts'
import { orderColumns } from './order-store.ts'

/** What happened in one second, which is named by the seconds since 1970. */
export interface SecondCounts {
  second: number
  accepted: number
  confirmed: number
  rejected: number
  /** Of the orders that were settled in it, from being accepted; null where none was. */
  p50Ms: number | null
  p95Ms: number | null
}

/** What of one product waits to be settled. */
export interface PendingOfProduct {
  productId: number
  orders: number
  quantity: number
  ageSeconds: number
}

interface Settled extends Omit<SecondCounts, 'accepted'> {}

/** What happened since a moment, as the database has it now. */
export interface Recount {
  /** The database's clock, in seconds since 1970. */
  now: number
  since: number
  accepted: { second: number; count: number }[] | null
  settled: Settled[] | null
  settling: { p50Ms: number; p95Ms: number } | null
}

/**
 * Counts what happened since the second `since`, or in the last five minutes where that is less. Settled orders are read
 * from their index alone, the others from that of the pending ones: however many orders there are, nobody else's is read.
 */
export async function countSince(since: number): Promise<Recount> {
  const [row] = await query<Recount>(
    'orders',
    // An interval with two ends is planned to be short, whatever its ends will be.
    `with moment as (
       select floor(extract(epoch from now()))::int8 as now,
              greatest(?::int8, floor(extract(epoch from now()))::int8 - 300) as since
     ), settled as materialized (
       select settled_at, created_at, status from orders.orders
        where settled_at >= (select to_timestamp(since) from moment)
          and settled_at < (select to_timestamp(since) from moment) + interval '1 day'
     ), accepted as (
       select created_at from settled where created_at >= (select to_timestamp(since) from moment)
       union all
       select created_at from orders.orders
        where status = 'pending' and created_at >= (select to_timestamp(since) from moment)
     )
     select now, since,
            (select json_agg(counted) from (
               select floor(extract(epoch from created_at))::int8 as second, count(*) as count from accepted group by 1
             ) as counted) as accepted,
            (select json_agg(counted) from (
               select floor(extract(epoch from settled_at))::int8 as second,
                      count(*) filter (where status = 'confirmed') as confirmed,
                      count(*) filter (where status = 'rejected') as rejected,
                      ${percentile(0.5)} as "p50Ms", ${percentile(0.95)} as "p95Ms"
                 from settled group by 1
             ) as counted) as settled,
            (select json_build_object('p50Ms', ${percentile(0.5)}, 'p95Ms', ${percentile(0.95)}) from settled
              where settled_at >= now() - interval '10 seconds' having count(*) > 0) as settling
       from moment`,
    [since],
  )
  return row as Recount
}

/** In whole milliseconds. */
const percentile = (share: number) =>
  `round(1000 * extract(epoch from percentile_disc(${share}) within group (order by settled_at - created_at)))`

/** What waits to be settled, by product. */
export const countPendingByProduct = (): Promise<PendingOfProduct[]> =>
  query<PendingOfProduct>(
    'orders',
    `select product_id as "productId", count(*) as orders, sum(quantity)::int8 as quantity,
            greatest(extract(epoch from now() - min(created_at)), 0)::float8 as "ageSeconds"
       from orders.orders where status = 'pending' group by product_id`,
  )

/** With bindings, lists are planned to be read from their index, even while the table is empty. */
const anyId = Number.MAX_SAFE_INTEGER
const lookedThrough = 1000

/** The products of the newest thousand orders, of which the newest first. */
export async function findOrderedProducts(limit: number): Promise<number[]> {
  const rows = await query<{ productId: number }>(
    'orders',
    `select product_id as "productId"
       from (select product_id, id from orders.orders where id < ? order by id desc limit ?) as newest
      group by product_id order by max(id) desc limit ?`,
    [anyId, lookedThrough, limit],
  )
  return rows.map(({ productId }) => productId)
}

/** The newest orders, with the request ids that they follow from. */
export const findNewestOrders = (limit: number): Promise<(Order & { requestId: string | null })[]> =>
  query(
    'orders',
    `select ${orderColumns}, correlation_id as "requestId" from orders.orders where id < ? order by id desc limit ?`,
    [anyId, limit],
  )
