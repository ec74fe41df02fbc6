import { beforeEach, describe, expect, it } from '@jest/globals'
import { cancelledOrders } from '@stockroom/telemetry/shop-metrics'
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

async function expectBalanced(orderId: number): Promise<void> {
  const { violations, returning, products } = await reconcile()
  const [order] = await own.sql<{ status: string; isReturned: boolean }>(
    `select status, stock_returned_at is not null as "isReturned" from orders.orders where id = $1`,
    [orderId],
  )
  expect({ violations, returning, ...order }).toEqual({
    violations: [],
    returning: 0,
    status: 'cancelled',
    isReturned: true,
  })
  expect(products).toMatchObject([{ sold: 3, returned: 3 }])
}

describe('a cancellation', () => {
  it('gives the stock of a confirmed order back, through the ledger', async () => {
    const orderId = await confirmed()
    const before = await qty()

    const answer = await cancel(orderId)
    await handOn(broker)

    expect(answer).toMatchObject({
      statusCode: 200,
      body: { id: orderId, status: 'cancelled', reason: null },
    })
    expect(await findOrder(orderId)).toEqual(answer.body)
    expect([before, await qty()]).toEqual([7, 10])
    await expectBalanced(orderId)
  })

  it('is told once, with the first request that has cancelled, however often it is asked for at once', async () => {
    const orderId = await confirmed()

    const answers = await Promise.all(Array.from({ length: 6 }, () => cancel(orderId)))

    for (const { statusCode, body } of answers) expect([statusCode, body]).toEqual([200, answers[0]?.body])
    const requestIds = answers.map(({ headers }) => headers['x-request-id'])
    const messageId = `order.cancelled:${orderId}`
    expect(broker.of('order.cancelled')).toMatchObject([
      {
        body: { orderId, timestamp: answers[0]?.body.settledAt },
        options: { messageId, correlationId: requestIds[0], mandatory: true },
      },
    ])
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

  it('is refused for a rejected order', async () => {
    const orderId = await confirmed(11)

    expect((await cancel(orderId)).body).toEqual(problem(409, 'order-rejected'))

    expect(await findOrder(orderId)).toMatchObject({ status: 'rejected' })
  })

  it('waits in the outbox while the broker takes nothing', async () => {
    const orderId = await confirmed()
    await own.sql('delete from orders.outbox')
    broker.confirms = () => false

    await cancel(orderId)

    const rows = await own.sql<{ name: string }>(
      `select json_array_elements(events)->>'name' as name from orders.outbox`,
    )
    expect(rows).toEqual([{ name: 'order.cancelled' }])
  })

  it.each([
    [
      'of a deleted product',
      (path: object) => send(deleteProduct, { path: { ...path } }),
      { adjusted: -10, left: null },
    ],
    [
      'of a product without room for the pieces',
      (path: object) =>
        send(adjustStock, { path: { ...path }, json: { change: 999_999_992, reason: 'Counted' } }),
      { left: 1_000_000_000 },
    ],
  ])('%s balances the books', async (_, happens, books) => {
    const orderId = await confirmed()
    await happens({ id: String(product.id) })

    await cancel(orderId)
    await handOn(broker)

    expect((await reconcile()).products).toMatchObject([books])
    await expectBalanced(orderId)
  })
})

describe('order.cancelled', () => {
  it('is told again until the stock is known to be back, at once when the broker has lost its messages', async () => {
    const orderId = await confirmed()
    await cancel(orderId)
    const first = broker.of('order.cancelled')[0]
    broker.reset()
    const sweep = async () => {
      await own.sql(`update orders.orders set announce_again_at = now() - interval '1 s'`)
      return reannounce({}, lambdaContext())
    }

    const again = [await sweep(), await reannounce({ brokerIsEmpty: true }, lambdaContext())]
    const told = broker.of('order.cancelled')
    await handOn(broker)
    const done = await sweep()

    expect([...again, done]).toEqual([{ reannounced: 1 }, { reannounced: 1 }, { reannounced: 0 }])
    const { body, options } = first as Published
    for (const one of told) expect([one.body, one.options.messageId]).toEqual([body, options.messageId])
    expect(await qty()).toBe(10)
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
    const [{ body } = {}] = broker.published.splice(0)
    const messages = [{ type: 'order.cancelled', body }]
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
      await own.sql(insert, [orderId, product.id, change, kind])
      if (back > 0) await own.sql(insert, [orderId, product.id, back, 'return'])

      await reduce(created)
      await handOn(broker)

      expect(await findOrder(orderId)).toMatchObject({ status: 'confirmed' })
      expect(await qty()).toBe(7)
      expect((await reconcile()).violations).toEqual([])
    },
  )
})
