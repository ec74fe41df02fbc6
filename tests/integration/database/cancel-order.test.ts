import { beforeEach, describe, expect, it } from '@jest/globals'
import { cancelledOrders } from '@stockroom/telemetry/shop-metrics'
import { runSql } from '../../../bench/services/databases.ts'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { handler as cancelOrder } from '../../../functions/orders/cancel-order.ts'
import type { Order } from '../../../functions/orders/order.ts'
import { findOrder } from '../../../functions/orders/order-store.ts'
import { handler as reannounce } from '../../../functions/orders/reannounce-pending-orders.ts'
import { handler as adjustStock } from '../../../functions/products/adjust-stock.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { handler as returnStock } from '../../../functions/products/return-stock-on-order-cancelled.ts'
import { problem, send } from '../../support/endpoint-promises.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { lockRow } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import type { Published } from '../../support/recording-broker.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { deliver, emptyTables, orderCreatedMessage, qtyOf, storeProduct } from '../../support/stories.ts'

// As long as somebody keeps a row locked, a batch waits for it for two thirds of this.
process.env.DATABASE_TIMEOUT_MS = '6000'

const own = ownServices()
const broker = RecordingBroker.inPlace()

let product: Awaited<ReturnType<typeof storeProduct>>

beforeEach(async () => {
  broker.reset()
  await emptyTables(own.databaseUrl)
  product = await storeProduct({ qty: 10 })
})

const cancel = (orderId: number) =>
  send(cancelOrder, { route: 'POST /orders/{id}/cancellation', path: { id: String(orderId) } })
const qty = () => qtyOf(product.id)
const reduce = (...messages: Parameters<typeof deliver>[2]) =>
  deliver(reduceStock, 'stock-reduction', messages)

/** An order for three of the ten pieces, and the message that tells of it. */
async function ordered(quantity = 3) {
  const created = await orderCreatedMessage({ productId: product.id, quantity })
  return { created, orderId: created.body.orderId }
}

async function confirmed(quantity = 3): Promise<number> {
  const { created, orderId } = await ordered(quantity)
  await reduce(created)
  await handOn(broker)
  return orderId
}

/** What the broker got of an event, as messages to deliver. */
const messagesOf = (name: string, taken: readonly Published[] = broker.published) =>
  taken
    .filter(({ routingKey }) => routingKey === name)
    .map(({ body, options }) => ({ type: name, body, correlationId: options.correlationId ?? null }))

const state = (orderId: number) =>
  runSql<{ status: string; isReturned: boolean }>(
    own.databaseUrl,
    `select status, stock_returned_at is not null as "isReturned" from orders.orders where id = $1`,
    [orderId],
  )

async function expectBalanced(orderId: number): Promise<void> {
  const { violations, returning, products } = await reconcile()
  expect([violations, returning]).toEqual([[], 0])
  expect(await state(orderId)).toEqual([{ status: 'cancelled', isReturned: true }])
  const [product] = products
  if (product?.left === null || product === undefined) return
  expect(product.initial + product.adjusted - product.left).toBe(product.sold - product.returned)
}

describe('a cancellation', () => {
  it('gives the stock of a confirmed order back, through the ledger', async () => {
    const orderId = await confirmed()
    expect(await qty()).toBe(7)

    const answer = await cancel(orderId)
    await handOn(broker)

    expect(answer).toMatchObject({
      statusCode: 200,
      body: { id: orderId, status: 'cancelled', reason: null },
    })
    expect(await findOrder(orderId)).toEqual(answer.body)
    expect(await qty()).toBe(10)
    expect((await reconcile()).products[0]).toMatchObject({ sold: 3, returned: 3, gone: 0, left: 10 })
    await expectBalanced(orderId)
  })

  it('is told once, with its messageId, however often it is asked for at once', async () => {
    const orderId = await confirmed()

    const answers = await Promise.all(Array.from({ length: 6 }, () => cancel(orderId)))

    const [first] = answers
    for (const { statusCode, body } of answers) expect([statusCode, body]).toEqual([200, first?.body])
    expect(
      broker.of('order.cancelled').map(({ body, options }) => [body.orderId, options.messageId]),
    ).toEqual([[orderId, `order.cancelled:${orderId}`]])
  })

  it('shares its commit with others, and is answered for its own order', async () => {
    const ids = [await confirmed(1), await confirmed(2), await confirmed(3)]
    const before = cancelledOrders.of('confirmed').value

    const answers = await Promise.all([...ids, ids[0] as number, 9_007_199_254_740_991].map(cancel))

    expect(answers.map(({ statusCode, body }) => [statusCode, body.status === 404 ? null : body.id])).toEqual(
      [...ids.map((id) => [200, id]), [200, ids[0]], [404, null]],
    )
    expect(cancelledOrders.of('confirmed').value - before).toBe(3)
    await handOn(broker)
    expect(await qty()).toBe(10)
  })

  it('is told with the request that has cancelled', async () => {
    const orderId = await confirmed()

    await send(cancelOrder, {
      path: { id: String(orderId) },
      headers: { 'x-request-id': 'the-cancellation' },
    })

    const [told] = broker.of('order.cancelled')
    expect(told?.options).toMatchObject({ correlationId: 'the-cancellation', mandatory: true })
    expect(told?.body.timestamp).toBe((await findOrder(orderId))?.settledAt)
  })

  it('is refused for a rejected order', async () => {
    const orderId = await confirmed(11)

    const answer = await cancel(orderId)

    expect(answer.body).toEqual(problem(409, 'order-rejected'))
    expect((await findOrder(orderId)) as Order).toMatchObject({ status: 'rejected' })
  })

  it('waits in the outbox while the broker takes nothing', async () => {
    const orderId = await confirmed()
    await runSql(own.databaseUrl, 'delete from orders.outbox')
    broker.confirms = () => false

    await cancel(orderId)

    const rows = await runSql<{ name: string }>(
      own.databaseUrl,
      `select json_array_elements(events)->>'name' as name from orders.outbox`,
    )
    expect(rows).toEqual([{ name: 'order.cancelled' }])
  })

  it('of a deleted product balances the books', async () => {
    const orderId = await confirmed()
    await send(deleteProduct, { path: { id: String(product.id) } })
    await cancel(orderId)
    await handOn(broker)

    expect((await reconcile()).products).toMatchObject([
      { initial: 10, adjusted: -10, sold: 3, returned: 3, left: null },
    ])
    await expectBalanced(orderId)
  })

  it('of a product without room for the pieces balances the books', async () => {
    const orderId = await confirmed()
    await send(adjustStock, {
      path: { id: String(product.id) },
      json: { change: 999_999_992, reason: 'Counted' },
    })
    await cancel(orderId)
    await handOn(broker)

    expect(await qty()).toBe(1_000_000_000)
    await expectBalanced(orderId)
  })
})

describe('order.cancelled', () => {
  it('is told again until the stock is known to be back, and never after', async () => {
    const orderId = await confirmed()
    await cancel(orderId)
    const first = broker.of('order.cancelled')[0]
    broker.reset()
    const sweep = async () => {
      await runSql(own.databaseUrl, `update orders.orders set announce_again_at = now() - interval '1 s'`)
      return reannounce({}, lambdaContext())
    }

    const lost = await sweep()
    const again = broker.of('order.cancelled')
    await handOn(broker)
    const done = await sweep()

    expect([lost, done]).toEqual([{ reannounced: 1 }, { reannounced: 0 }])
    expect(again.map(({ body, options }) => [body, options.messageId])).toEqual([
      [first?.body, first?.options.messageId],
    ])
    expect(await qty()).toBe(10)
    await expectBalanced(orderId)
  })

  it('is due at once when the broker has lost its messages', async () => {
    const orderId = await confirmed()
    await cancel(orderId)
    broker.reset()

    const told = await reannounce({ brokerIsEmpty: true }, lambdaContext())

    expect(told).toEqual({ reannounced: 1 })
    await handOn(broker)
    await expectBalanced(orderId)
  })

  it('of an order that is not cancelled gives nothing back', async () => {
    const orderId = await confirmed()
    const { productId, quantity } = (await findOrder(orderId)) as Order
    const body = { orderId, productId, quantity, timestamp: '2999-11-21T10:00:00.000Z' }

    await deliver(returnStock, 'stock-return', [{ type: 'order.cancelled', body }])

    expect(await qty()).toBe(7)
    expect(broker.published.map(({ options }) => options.headers?.['x-dead-letter-reason'])).toEqual([
      `order ${orderId} is not cancelled`,
    ])
  })

  it('waits for a product that somebody keeps locked, and comes again', async () => {
    const orderId = await confirmed()
    await cancel(orderId)
    const messages = messagesOf('order.cancelled', broker.published.splice(0))
    const holder = await lockRow(own.databaseUrl, 'products.products', product.id)

    await deliver(returnStock, 'stock-return', messages).finally(() => holder.end())

    expect(broker.published.map(({ routingKey }) => routingKey)).toEqual(['stock-return'])
    expect(await qty()).toBe(7)
    await deliver(returnStock, 'stock-return', messages)
    await handOn(broker)
    expect(await qty()).toBe(10)
    await expectBalanced(orderId)
  })
})

describe('an id that a cancelled order had before', () => {
  it.each([
    ['was undecided', [0, 'cancelled', 0]],
    ['had given its stock back', [-3, 'sale', 3]],
  ] as const)(
    'decides the order that has it now, where the former one %s',
    async (_, [change, kind, back]) => {
      const { created, orderId } = await ordered()
      const insert = `insert into products.stock_movements (order_id, product_id, change, kind, created_at)
                    values ($1, $2, $3, $4, '2000-01-01')`
      await runSql(own.databaseUrl, insert, [orderId, product.id, change, kind])
      if (back > 0) await runSql(own.databaseUrl, insert, [orderId, product.id, back, 'return'])

      await reduce(created)
      await handOn(broker)

      expect(await findOrder(orderId)).toMatchObject({ status: 'confirmed' })
      expect(await qty()).toBe(7)
      expect((await reconcile()).violations).toEqual([])
    },
  )
})
