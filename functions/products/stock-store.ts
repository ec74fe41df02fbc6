import type { Statement } from '@stockroom/database/pipelined'
import type { EarlierDecision, ReturnEntry, StockDecision } from './stock.ts'

/** What a batch may decide, and what it can't. A product that doesn't exist is in neither. */
export interface LockedStock {
  /** What is left of the products that are locked for this transaction. */
  stock: Map<number, number>
  /** The products that somebody else keeps locked. */
  locked: Set<number>
}

/** Products that somebody kept locked for longer than a batch waits, when one looked last: nobody waits for them again. */
const stuck = new Set<number>()

/**
 * The statement that locks products for the transaction, and waits up to a second for those that others are just selling.
 * Read its rows with {@link lockedStock}.
 */
export function lockAndRead(productIds: readonly number[], orderIds: readonly number[]): Statement {
  const { patient = [], impatient = [] } = Object.groupBy(productIds, (id) =>
    stuck.has(id) ? 'impatient' : 'patient',
  )
  return {
    sql: 'select stock, decisions from products.lock_and_read(?::bigint[], ?::bigint[], ?::bigint[])',
    bindings: [patient, impatient, orderIds],
  }
}

/** What {@link lockAndRead} has read. */
export interface LockedRow {
  stock: { id: number; qty: number; isLocked: boolean }[] | null
  decisions: EarlierDecision[] | null
}

/** What is left of the products that were to be locked, and what the ledger has decided already of the orders. */
export function lockedStock(
  productIds: readonly number[],
  [row]: readonly LockedRow[],
): LockedStock & { decisions: EarlierDecision[] } {
  const products = row?.stock ?? []
  const locked = new Set(products.filter(({ isLocked }) => isLocked).map(({ id }) => id))
  for (const id of productIds) {
    if (locked.has(id)) stuck.add(id)
    else stuck.delete(id)
  }
  const free = products.filter(({ isLocked }) => !isLocked)
  return { stock: new Map(free.map(({ id, qty }) => [id, qty])), locked, decisions: row?.decisions ?? [] }
}

/**
 * The statement that frees the ids of orders that are gone for the orders that have them now. What was taken for those
 * that are gone stays taken, as an adjustment: they may have been delivered.
 */
export const disownDecisions = (orderIds: readonly number[]): Statement => ({
  sql: `update products.stock_movements set order_id = null, kind = 'adjustment' where order_id = any(?)`,
  bindings: [orderIds],
})

/**
 * The statement that enters decisions into the ledger and writes what is left of each product. Its rows are the products
 * as they are now, with their versions. An order that is in the ledger already makes the whole transaction fail.
 */
export const enterDecisions = (
  decisions: readonly StockDecision[],
  remaining: ReadonlyMap<number, number>,
): Statement => enter(decisions.map(movementOf), remaining)

/**
 * The statement that enters what cancelled orders give back, and that those that weren't decided get nothing. Its rows are
 * the products as they are now, with their versions. An order that has an entry already makes the whole transaction fail.
 */
export const enterReturns = (
  entries: readonly ReturnEntry[],
  remaining: ReadonlyMap<number, number>,
): Statement => enter(entries, remaining)

const enter = (movements: readonly object[], remaining: ReadonlyMap<number, number>): Statement => ({
  sql: `with entered as (
          insert into products.stock_movements (order_id, product_id, change, kind, reason, created_at)
          select "orderId", "productId", change, kind, reason, greatest(now(), "createdAt")
            from json_to_recordset(?)
                   as m("orderId" bigint, "productId" bigint, change integer, kind text, reason text,
                        "createdAt" timestamptz(3))
           order by "orderId"
        )
        update products.products p
           set qty = remaining.qty, version = version + 1, updated_at = now()
          from json_to_recordset(?) as remaining(id bigint, qty integer)
         where p.id = remaining.id and p.id = any(?) -- or it might be planned to read the whole table
        returning p.id, name, price, p.qty, created_at as "createdAt", updated_at as "updatedAt", version`,
  bindings: [
    JSON.stringify(movements),
    JSON.stringify([...remaining].map(([id, qty]) => ({ id, qty }))),
    [...remaining.keys()],
  ],
})

const movementOf = ({ orderId, productId, quantity, outcome }: StockDecision) => ({
  orderId,
  productId,
  change: outcome === 'sale' ? -quantity : 0,
  kind: outcome,
})
