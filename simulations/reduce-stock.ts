import { changeOutbox } from '@stockroom/database/outbox'
import { query, type Transaction } from '@stockroom/database/query'
import { stockReduced } from '@stockroom/messaging/events'
import { decideStock, type StockRequest } from '../functions/products/stock.ts'
import { enterDecisions, findDecisions, lockStock, writeStock } from '../functions/products/stock-store.ts'

/** Stores a product that never sells out, and resolves to its id. */
export async function storeHotProduct(): Promise<number> {
  const [row] = await query<{ id: number }>(
    'products',
    "insert into products.products (name, price, qty) values ('Hot', 1, 1000000000) returning id",
  )
  return (row as { id: number }).id
}

/**
 * The statements of reduce-stock-on-order-created in its order, without the messages around them.
 *
 * @param onLocked called when the rows are locked
 */
export async function reduceStock(
  trx: Transaction,
  requests: StockRequest[],
  newId: () => string,
  onLocked: () => void,
): Promise<void> {
  const { stock } = await lockStock(trx, [...new Set(requests.map(({ productId }) => productId))])
  onLocked()
  await findDecisions(
    trx,
    requests.map(({ orderId }) => orderId),
  )
  const { decisions, remaining } = decideStock(requests, stock)
  await enterDecisions(trx, decisions)
  await writeStock(trx, remaining)
  const createdAt = new Date().toISOString()
  const events = decisions.map(({ orderId, productId, quantity }) => {
    const { name, body } = stockReduced.of({ orderId, productId, quantity, timestamp: createdAt })
    const messageId = `${name}:${orderId}`
    return {
      id: newId(),
      messageId,
      name,
      body,
      correlationId: null,
      traceparent: null,
      createdAt,
      attempts: 0,
    }
  })
  await changeOutbox(trx, 'products', { add: events, remove: [] })
}
