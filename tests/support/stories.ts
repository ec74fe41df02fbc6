import { randomInt } from 'node:crypto'
import { transaction } from '@stockroom/database/query'
import type { Context } from 'aws-lambda'
import { insertProduct } from '../../functions/products/product-store.ts'
import { lambdaContext } from './lambda-context.ts'
import { rmqEvent } from './rmq-event.ts'
import { runSql } from './test-database.ts'

type Consumer = (event: ReturnType<typeof rmqEvent>, context: Context) => Promise<void>
type Message = Parameters<typeof rmqEvent>[0]['messages'][number]

/** Stores a product and resolves to it. */
export async function storeProduct({ name = 'Desk lamp', price = 49.9, qty = 80 } = {}) {
  const { product } = await transaction('products', (trx) => insertProduct(trx, { name, price, qty }))
  return product
}

/** A message that tells of an order; the ids of such orders rise far above those of the database. */
export function orderCreatedMessage({
  orderId = nextOrderId(),
  productId,
  quantity = 1,
}: {
  orderId?: number
  productId: number
  quantity?: number
}) {
  const body = { orderId, productId, quantity, totalPrice: quantity, timestamp: '2026-11-21T12:00:00.000Z' }
  return { type: 'order.created', correlationId: `request-${orderId}`, body }
}

let lastOrderId = randomInt(1_000_000, 2_000_000)
const nextOrderId = () => ++lastOrderId

/** Hands a batch to a consumer, as the event source mapping does. */
export const deliver = (consumer: Consumer, queue: string, messages: Message[]): Promise<void> =>
  consumer(rmqEvent({ queue, messages }), lambdaContext())

/** What the ledger says of a product: what came in, what is left, what was sold. */
export async function ledgerOf(databaseUrl: string, productId: number) {
  const [sums] = await runSql<Record<'initial' | 'adjustments' | 'sold', number>>(
    databaseUrl,
    `select coalesce(sum(change) filter (where kind = 'initial'), 0)::int as initial,
            coalesce(sum(change) filter (where kind in ('adjustment', 'removal')), 0)::int as adjustments,
            coalesce(-sum(change) filter (where kind = 'sale'), 0)::int as sold
       from products.stock_movements where product_id = $1`,
    [productId],
  )
  const [left] = await runSql<{ qty: number }>(
    databaseUrl,
    'select qty from products.products where id = $1',
    [productId],
  )
  return { initial: 0, adjustments: 0, sold: 0, ...sums, final: left?.qty ?? 0 }
}
