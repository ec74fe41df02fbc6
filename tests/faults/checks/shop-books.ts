import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'

/** An order as the database has it. */
export interface StoredOrder {
  id: number
  requestId: string
  status: 'pending' | 'confirmed' | 'rejected' | 'cancelled'
  productId: number
  quantity: number
}

/** A product with what came in and what is left of it. */
export interface StoredProduct {
  id: number
  initial: number
  left: number
}

/** All orders of some products. */
export function storedOrders(url: string, productIds: readonly number[]): Promise<StoredOrder[]> {
  return runSql<StoredOrder>(
    url,
    `select id::int, correlation_id as "requestId", status, product_id::int as "productId", quantity
       from orders.orders where product_id = any($1)`,
    [productIds],
  )
}

/** What the database says of some products. */
export function storedProducts(url: string, productIds: readonly number[]): Promise<StoredProduct[]> {
  return runSql<StoredProduct>(
    url,
    `select p.id::int, change as initial, qty as left
       from products.products p join products.stock_movements m on m.product_id = p.id and kind = 'initial'
      where p.id = any($1)`,
    [productIds],
  )
}

/** Waits until none of the orders that are there now is pending, nor on its way to give its stock back, at most `limitMs`; resolves to how many still are. */
export async function untilSettled(url: string, limitMs: number): Promise<number> {
  const [newest] = await runSql<{ id: number }>(
    url,
    'select coalesce(max(id), 0)::int as id from orders.orders',
  )
  const pending = async () => {
    const sql = `select count(*)::int as count from orders.orders
      where (status = 'pending' or (status = 'cancelled' and stock_returned_at is null)) and id <= $1`
    const [row] = await runSql<{ count: number }>(url, sql, [newest?.id])
    return row?.count ?? 0
  }
  let left = await pending()
  await eventually(async () => {
    left = await pending()
    return left === 0
  }, limitMs).catch(() => {})
  return left
}
