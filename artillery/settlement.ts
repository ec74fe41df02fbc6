import { query } from '@stockroom/database/query'

/** Orders of one second, by when they were accepted, and how long they took to settle. */
export interface SettledSecond {
  /** Seconds since the epoch. */
  second: number
  accepted: number
  p50: number | null
  p95: number | null
  p99: number | null
}

/** How the orders of a run were settled; times in milliseconds, null when none was. */
export interface Settlement extends Omit<SettledSecond, 'second'> {
  confirmed: number
  rejected: number
  pending: number
  perSecond: SettledSecond[]
}

const percentiles = `
  count(*) as accepted,
  percentile_cont(0.5) within group (order by settled_ms) as p50,
  percentile_cont(0.95) within group (order by settled_ms) as p95,
  percentile_cont(0.99) within group (order by settled_ms) as p99`

const ordersOfRun = `
  (select created_at, status, (extract(epoch from settled_at - created_at) * 1000)::float8 as settled_ms
     from orders.orders where product_id = any(?)) as orders_of_run`

/** Reads from the shop's database how the orders of these products were settled. */
export async function readSettlement(productIds: readonly number[]): Promise<Settlement> {
  const [total] = await query<Omit<Settlement, 'perSecond'>>(
    'orders',
    `select ${percentiles},
            count(*) filter (where status = 'confirmed') as confirmed,
            count(*) filter (where status = 'rejected') as rejected,
            count(*) filter (where status = 'pending') as pending
       from ${ordersOfRun}`,
    [productIds],
  )
  const perSecond = await query<SettledSecond>(
    'orders',
    `select extract(epoch from date_trunc('second', created_at))::bigint as second, ${percentiles}
       from ${ordersOfRun} group by 1 order by 1`,
    [productIds],
  )
  return { ...(total as Omit<Settlement, 'perSecond'>), perSecond }
}

/** What of these products' orders is not settled, and which events of theirs are still to be sent. */
export async function countUnsettled(productIds: readonly number[]): Promise<number> {
  const [row] = await query<{ count: number }>(
    'orders',
    `select count(*) as count from orders.orders where status = 'pending' and product_id = any(?)`,
    [productIds],
  )
  return row?.count ?? 0
}
