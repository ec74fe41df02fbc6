import { query, type Transaction } from '@stockroom/database/query'
import type { Movement } from './movement.ts'

/** What is entered for no order. */
export interface Entry {
  productId: number
  change: number
  kind: 'adjustment' | 'removal'
  reason?: string
}

const columns = `id, product_id as "productId", order_id as "orderId", change, kind, reason, created_at as "createdAt"`

/** Enters a change of a product's stock that no order has made. */
export async function enterMovement(
  trx: Transaction,
  { productId, change, kind, reason }: Entry,
): Promise<Movement> {
  const [movement] = await query<Movement>(
    trx,
    `insert into products.stock_movements (product_id, change, kind, reason) values (?, ?, ?, ?) returning ${columns}`,
    [productId, change, kind, reason ?? null],
  )
  return movement as Movement
}

/** Reads the ledger of a product newest first, entries with an id below `before`; that of a deleted one, too. */
export function listMovements(
  productId: number,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Movement[]> {
  return query<Movement>(
    'products',
    `select ${columns} from products.stock_movements where product_id = ? and id < ? order by id desc limit ?`,
    [productId, before, limit],
  )
}
