import { readAndCommit } from '@stockroom/database/pipelined'
import { query } from '@stockroom/database/query'
import { decideStock, type StockRequest } from '../../functions/products/stock.ts'
import {
  enterDecisions,
  type LockedRow,
  lockAndRead,
  lockedStock,
} from '../../functions/products/stock-store.ts'

/** Stores a product that never sells out, and resolves to its id. */
export async function storeHotProduct(): Promise<number> {
  const [row] = await query<{ id: number }>(
    'products',
    "insert into products.products (name, price, qty) values ('Hot', 1, 1000000000) returning id",
  )
  return (row as { id: number }).id
}

/**
 * The transaction of reduce-stock-on-order-created, without the messages around it.
 *
 * @returns for how many milliseconds the rows were locked
 */
export async function reduceStock(requests: StockRequest[]): Promise<number> {
  let lockedAt = 0
  const productIds = [...new Set(requests.map(({ productId }) => productId))]
  const orderIds = requests.map(({ orderId }) => orderId)
  await readAndCommit('products', lockAndRead(productIds, orderIds), (rows: LockedRow[]) => {
    lockedAt = performance.now()
    const { decisions, remaining } = decideStock(requests, lockedStock(productIds, rows).stock)
    return { writes: [enterDecisions(decisions, remaining)], result: () => undefined }
  })
  return performance.now() - lockedAt
}
