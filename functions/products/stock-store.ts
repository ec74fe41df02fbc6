import { query, type Transaction } from '@stockroom/database/query'
import type { Product } from './product.ts'
import type { VersionedProduct } from './product-store.ts'
import type { StockDecision } from './stock.ts'

/** What a batch may decide, and what it can't. A product that doesn't exist is in neither. */
export interface LockedStock {
  /** What is left of the products that are locked for this transaction. */
  stock: Map<number, number>
  /** The products that somebody else keeps locked. */
  locked: Set<number>
}

/** Products that somebody kept locked for longer than a batch waits, when one looked last: nobody waits for them again. */
const stuck = new Set<number>()

/** Locks products for the transaction, and waits up to a second for those that others are just selling. */
export async function lockStock(trx: Transaction, productIds: readonly number[]): Promise<LockedStock> {
  const { patient = [], impatient = [] } = Object.groupBy(productIds, (id) =>
    stuck.has(id) ? 'impatient' : 'patient',
  )
  const rows = await query<{ id: number; qty: number; isLocked: boolean }>(
    trx,
    `select product_id as id, stock as qty, is_locked as "isLocked"
       from products.lock_stock(?::bigint[], ?::bigint[])`,
    [patient, impatient],
  )
  const locked = new Set(rows.filter(({ isLocked }) => isLocked).map(({ id }) => id))
  for (const id of impatient) if (!locked.has(id)) stuck.delete(id)
  for (const id of locked) stuck.add(id)
  return { stock: new Map(rows.filter(({ id }) => !locked.has(id)).map(({ id, qty }) => [id, qty])), locked }
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
