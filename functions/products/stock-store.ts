import { query, type Transaction } from '@stockroom/database/query'
import { unlessLocked } from '@stockroom/database/unless-locked'
import type { Product } from './product.ts'
import type { VersionedProduct } from './product-store.ts'
import type { StockDecision } from './stock.ts'

/** Products that somebody kept locked for longer than a batch waits, when one looked last: nobody waits for them again. */
const stuck = new Set<number>()

/**
 * Locks the rows of the products in the order of their ids, so that batches never wait for each other in a circle, and
 * resolves to their stock. A product that doesn't exist isn't in it, and neither is one that somebody keeps locked.
 */
export async function lockStock(
  trx: Transaction,
  productIds: readonly number[],
): Promise<Map<number, number>> {
  const { fresh = [], known = [] } = Object.groupBy(productIds, (id) => (stuck.has(id) ? 'known' : 'fresh'))
  const rows =
    (await unlessLocked(trx, () => lockRows(trx, fresh, 'for update'))) ??
    (await lockRows(trx, fresh, 'for update skip locked'))
  if (known.length > 0) rows.push(...(await lockRows(trx, known, 'for update skip locked')))
  for (const { id } of rows) stuck.delete(id)
  return new Map(rows.map(({ id, qty }) => [id, qty]))
}

const lockRows = (trx: Transaction, ids: readonly number[], lock: 'for update' | 'for update skip locked') =>
  query<{ id: number; qty: number }>(
    trx,
    `select id, qty from products.products where id = any(?) order by id ${lock}`,
    [ids],
  )

/** Tells which of products that {@link lockStock} left out are there, and locked. */
export async function findLocked(trx: Transaction, productIds: readonly number[]): Promise<Set<number>> {
  if (productIds.length === 0) return new Set()
  const rows = await query<{ id: number }>(trx, 'select id from products.products where id = any(?)', [
    productIds,
  ])
  const locked = new Set(rows.map(({ id }) => id))
  for (const id of productIds) if (!locked.has(id)) stuck.delete(id)
  for (const id of locked) stuck.add(id)
  return locked
}

/** Finds the orders that the ledger has decided already, with what was decided then. */
export async function findDecisions(trx: Transaction, orderIds: readonly number[]): Promise<StockDecision[]> {
  return query<StockDecision>(
    trx,
    `select order_id as "orderId", product_id as "productId", -change as quantity, kind as outcome
       from products.stock_movements
      where order_id = any(?)`,
    [orderIds],
  )
}

/**
 * Frees the ids of orders that are gone for the orders that have them now. What was taken for those that are gone stays
 * taken, as an adjustment: they may have been delivered.
 */
export async function disownDecisions(trx: Transaction, orderIds: readonly number[]): Promise<void> {
  if (orderIds.length === 0) return
  await query(
    trx,
    `update products.stock_movements set order_id = null, kind = 'adjustment' where order_id = any(?)`,
    [orderIds],
  )
}

/** Enters decisions into the ledger; an order that is in it already makes the whole transaction fail. */
export async function enterDecisions(trx: Transaction, decisions: readonly StockDecision[]): Promise<void> {
  if (decisions.length === 0) return
  const movements = decisions.map(({ orderId, productId, quantity, outcome }) => ({
    orderId,
    productId,
    change: outcome === 'sale' ? -quantity : 0,
    outcome,
  }))
  await query(
    trx,
    `insert into products.stock_movements (order_id, product_id, change, kind)
     select "orderId", "productId", change, outcome
       from json_to_recordset(?) as m("orderId" bigint, "productId" bigint, change integer, outcome text)
      order by "orderId"`,
    [JSON.stringify(movements)],
  )
}

/** Writes what is left of each product, and resolves to the products as they are now. */
export async function writeStock(
  trx: Transaction,
  remaining: ReadonlyMap<number, number>,
): Promise<VersionedProduct[]> {
  if (remaining.size === 0) return []
  const rows = await query<Product & { version: number }>(
    trx,
    `update products.products p
        set qty = remaining.qty, version = version + 1, updated_at = now()
       from json_to_recordset(?) as remaining(id bigint, qty integer)
      where p.id = remaining.id
      returning p.id, name, price, p.qty, created_at as "createdAt", updated_at as "updatedAt", version`,
    [JSON.stringify([...remaining].map(([id, qty]) => ({ id, qty })))],
  )
  return rows.map(({ version, ...product }) => ({ product, version }))
}
