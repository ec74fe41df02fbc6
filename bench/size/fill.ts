import { runSql } from '../services/databases.ts'

/** Products that the orders are spread over, one after the other; their ids begin with 1. */
export const products = 20
/** For so many orders there is one more product, which nobody has ordered: a million for five million. */
export const ordersPerPoster = 5
const initialStock = 1_000_000_000

/**
 * Fills the empty, migrated database with settled orders of one piece each, with the products and the ledger that
 * belong to them: the audit finds nothing wrong. Orders have the ids from 1 on.
 */
export async function fill(url: string, orders: number): Promise<void> {
  await runSql(
    url,
    `insert into products.products (name, price, qty)
     select 'Mug ' || p, 12.5, $1::integer - ($2::integer + $3::integer - p) / $3 from generate_series(1, $3) as p`,
    [initialStock, orders, products],
  )
  await runSql(
    url,
    `insert into orders.orders (product_id, quantity, unit_price, total_price, status, correlation_id, created_at, settled_at)
     select 1 + (n - 1) % $2, 1, 12.5, 12.5, 'confirmed', gen_random_uuid(), at, at
       from generate_series(1, $1::integer) as n, lateral (select now() - ($1 - n) * interval '10 ms' as at) as moment`,
    [orders, products],
  )
  await runSql(
    url,
    `insert into products.stock_movements (product_id, order_id, change, kind)
     select p, null, $1::integer, 'initial' from generate_series(1, $3::integer) as p
     union all
     select 1 + (n - 1) % $3, n, -1, 'sale' from generate_series(1, $2::integer) as n`,
    [initialStock, orders, products],
  )
  await runSql(
    url,
    `with poster as (
       insert into products.products (name, price, qty)
       select 'Poster ' || n, n % 1000, case when n % 10 = 0 then 1 else 0 end from generate_series(1, $1::integer) as n
       returning id, qty
     )
     insert into products.stock_movements (product_id, change, kind) select id, qty, 'initial' from poster`,
    [Math.floor(orders / ordersPerPoster)],
  )
  await settle(url)
}

/** Leaves nothing for later that a table of this size doesn't cause by itself: statistics, autovacuum, a checkpoint. */
async function settle(url: string): Promise<void> {
  await runSql(url, 'vacuum (analyze)')
  await runSql(url, 'checkpoint').catch(() => {}) // not everybody may
}
