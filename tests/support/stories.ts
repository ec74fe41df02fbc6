import { randomUUID } from 'node:crypto'
import type { Statement } from '@stockroom/database/pipelined'
import { query, type Transaction, transaction } from '@stockroom/database/query'
import type { Context } from 'aws-lambda'
import { runSql } from '../../bench/services/databases.ts'
import type { Order } from '../../functions/orders/order.ts'
import { orderCreatedEvent, placeOrder } from '../../functions/orders/order-placement.ts'
import type { OrderDraft } from '../../functions/orders/order-store.ts'
import { type Placed, placeOrders } from '../../functions/orders/placement-store.ts'
import { findProducts, insertProduct } from '../../functions/products/product-store.ts'
import { lambdaContext } from './lambda-context.ts'
import { rmqEvent } from './rmq-event.ts'

type Consumer = (event: ReturnType<typeof rmqEvent>, context: Context) => Promise<void>
type Message = Parameters<typeof rmqEvent>[0]['messages'][number]

/** Stores a product and resolves to it. */
export async function storeProduct({ name = 'Desk lamp', price = 49.9, qty = 80 } = {}) {
  const { product } = await transaction('products', (trx) => insertProduct(trx, { name, price, qty }))
  return product
}

/** What is left of a product; undefined when there is none. */
export const qtyOf = async (productId: number) => (await findProducts([productId]))[0]?.product.qty

/** Takes every product and order away, and what was noted of them. */
export const emptyTables = (databaseUrl: string) =>
  runSql(
    databaseUrl,
    `truncate products.products, products.stock_movements, products.outbox,
              orders.orders, orders.idempotency_keys, orders.outbox`,
  )

/** Runs a statement of a store in a transaction. */
export const run = <Row>(trx: Transaction, { sql, bindings }: Statement): Promise<Row[]> =>
  query<Row>(trx, sql, bindings)

/** Places an order without an idempotency key, at a price of 1 unless another one is given. */
export function place({
  quantity = 1,
  unitPrice = 1,
  ...members
}: Partial<OrderDraft> & { productId: number }) {
  const draft = { quantity, unitPrice, totalPrice: unitPrice * quantity, requestId: 'request-1', ...members }
  return placeOrder({ draft, idempotency: undefined }) as Promise<Extract<Placed, { outcome: 'placed' }>>
}

/** Stores orders in their order, and tells nobody of them. */
export async function storeOrders(drafts: readonly OrderDraft[]): Promise<Order[]> {
  const placed = await placeOrders(drafts.map((draft) => ({ draft, idempotency: undefined })))
  return placed.flatMap((one) => (one.outcome === 'placed' ? one.order : []))
}

/** A message that tells of an order, which is placed for it and not told of otherwise. */
export async function orderCreatedMessage(wanted: WantedOrder) {
  const [message] = await orderCreatedMessages([wanted])
  return message as OrderCreatedMessage
}

/** The same for many orders at once, in their order. */
export async function orderCreatedMessages(wanted: readonly WantedOrder[]) {
  const drafts = wanted.map(({ productId, quantity = 1 }) => {
    const requestId = `request-${randomUUID()}`
    return { productId, quantity, unitPrice: 1, totalPrice: quantity, requestId }
  })
  const orders = await storeOrders(drafts)
  return orders.map((order, index) => ({
    type: 'order.created',
    correlationId: drafts[index]?.requestId as string,
    body: orderCreatedEvent(order).body,
  }))
}

interface WantedOrder {
  productId: number
  quantity?: number
}
export type OrderCreatedMessage = Awaited<ReturnType<typeof orderCreatedMessages>>[number]

/** Hands a batch to a consumer, as the event source mapping does. */
export const deliver = (consumer: Consumer, queue: string, messages: Message[]): Promise<void> =>
  consumer(rmqEvent({ queue, messages }), lambdaContext())

/** What the ledger says of a product: what came in, what is left, what was sold; of any shop, also in another process. */
export async function ledgerOf(databaseUrl: string, productId: number) {
  const [sums] = await runSql<Record<'initial' | 'adjustments' | 'sold', number>>(
    databaseUrl,
    `select coalesce(sum(change) filter (where kind = 'initial'), 0)::int as initial,
            coalesce(sum(change) filter (where kind in ('adjustment', 'removal')), 0)::int as adjustments,
            coalesce(-sum(change) filter (where kind = 'sale'), 0)::int as sold
       from products.stock_movements where product_id = $1`,
    [productId],
  )
  const sql = 'select qty from products.products where id = $1'
  const [left] = await runSql<{ qty: number }>(databaseUrl, sql, [productId])
  return { initial: 0, adjustments: 0, sold: 0, ...sums, final: left?.qty ?? 0 }
}
