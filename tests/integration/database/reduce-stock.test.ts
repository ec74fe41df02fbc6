import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { findProducts } from '../../../functions/products/product-store.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { lockRow, somebodyWaits } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import {
  deliver,
  ledgerOf,
  type OrderCreatedMessage as Message,
  orderCreatedMessage,
  orderCreatedMessages,
  qtyOf,
  storeProduct,
} from '../../support/stories.ts'

// As long as somebody keeps a row locked, a batch waits for it for two thirds of this.
process.env.DATABASE_TIMEOUT_MS = '6000'

const own = ownServices()
const broker = RecordingBroker.inPlace()
const brokers = [broker]
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
  brokers.splice(1)
})

const reduce = (...messages: Message[]) => deliver(reduceStock, 'stock-reduction', messages)

/** The same handler in another process, whose failed batches come again, as a busy database is worth another attempt. */
async function reducerElsewhere() {
  const load = () => import('../../../functions/products/reduce-stock-on-order-created.ts')
  const { handler, ...instance } = await anotherInstance(own, load)
  brokers.push(instance.broker)
  closing.push(instance.shutDown)
  return async (...messages: Message[]) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await deliver(handler, 'stock-reduction', messages)
      } catch (error) {
        if ((error as Error).name !== 'Unavailable' || attempt === 5) throw error
      }
    }
  }
}

/** The outcomes that were told: `<order> reduced` or `<order> <reason>`. */
const outcomes = (count = Number.POSITIVE_INFINITY) =>
  brokers
    .flatMap(({ published }) => published)
    .filter(({ exchange }) => exchange === 'shop.events')
    .slice(-count)
    .map(({ body }) => `${body.orderId} ${body.reason ?? 'reduced'}`)

/** What was put off, and comes again. */
const deferred = () =>
  brokers
    .flatMap((each) => each.of('stock-reduction'))
    .map(({ body, options }) => ({ type: 'order.created', ...options, body }) as unknown as Message)

const outcome = ({ body: { orderId } }: Message, what = 'reduced') => `${orderId} ${what}`

describe('reduceStock', () => {
  it('takes the stock of an order and tells of it, following the request that began it', async () => {
    const product = await storeProduct({ qty: 10 })
    const order = await orderCreatedMessage({ productId: product.id, quantity: 4 })

    await reduce(order)

    expect(await qtyOf(product.id)).toBe(6)
    const { orderId } = order.body
    expect(broker.published).toMatchObject([
      {
        exchange: 'shop.events',
        routingKey: 'stock.reduced',
        body: { orderId, productId: product.id, quantity: 4, timestamp: expect.stringMatching(/Z$/) },
        options: { correlationId: order.correlationId },
      },
    ])
  })

  it('serves first come, first served, and a smaller order behind one that is too large, and no product that there is not', async () => {
    const { id: productId } = await storeProduct({ qty: 5 })
    const orders = await orderCreatedMessages([
      ...[4, 2, 1].map((quantity) => ({ productId, quantity })),
      { productId: 9_007_199_254_740_991 },
    ])
    const [four, two, one, unknown] = orders as [Message, Message, Message, Message]

    await reduce(...orders)

    expect(outcomes()).toEqual([
      outcome(four),
      outcome(two, 'insufficient-stock'),
      outcome(one),
      outcome(unknown, 'product-not-found'),
    ])
    expect(broker.of('stock.rejected')).toHaveLength(2)
    expect(await qtyOf(productId)).toBe(0)
  })

  it('changes nothing when an order comes again, and tells its outcome again', async () => {
    const { id: productId } = await storeProduct({ qty: 10 })
    const order = await orderCreatedMessage({ productId, quantity: 4 })
    await reduce(order)
    const [before] = await findProducts([productId])

    await reduce(order)

    expect(await findProducts([productId])).toEqual([before])
    expect(await ledgerOf(own.databaseUrl, productId)).toMatchObject({ sold: 4, final: 6 })
    expect(outcomes()).toEqual([outcome(order), outcome(order)])
    expect(broker.published[1]?.body).toMatchObject({ productId, quantity: 4 })
  })

  it.each([
    [
      'a rejected order, after the product was restocked',
      6,
      'insufficient-stock',
      'update products.products set qty = 100 where id = $1',
    ],
    ['an order whose product was deleted since', 4, 'reduced', 'delete from products.products where id = $1'],
  ])('keeps the outcome of %s', async (_, quantity, what, change) => {
    const { id: productId } = await storeProduct({ qty: 5 })
    const order = await orderCreatedMessage({ productId, quantity })
    await reduce(order)
    await own.sql(change, [productId])
    const before = await qtyOf(productId)

    await reduce(order)

    expect(outcomes()).toEqual([outcome(order, what), outcome(order, what)])
    expect(await qtyOf(productId)).toBe(before)
  })

  it('lets batches pass that hold the same products in opposite order', async () => {
    const [one, other] = [await storeProduct({ qty: 1000 }), await storeProduct({ qty: 1000 })]
    const [here, there] = [await reducerElsewhere(), await reducerElsewhere()]
    const pair = [{ productId: one.id }, { productId: other.id }]
    const pairs = await Promise.all(Array.from({ length: 40 }, () => orderCreatedMessages(pair)))

    await Promise.all(pairs.map((both, n) => (n % 2 === 0 ? here(...both) : there(...both.toReversed()))))
    await reduce(...deferred())

    expect([await qtyOf(one.id), await qtyOf(other.id)]).toEqual([960, 960])
  })

  it('is done when the broker does not take the outcome, which the order has told again while it is pending', async () => {
    const { id: productId } = await storeProduct({ qty: 10 })
    const order = await orderCreatedMessage({ productId })
    broker.confirms = () => false

    await reduce(order)

    expect(await qtyOf(productId)).toBe(9)
    expect(await own.sql('select 1 from products.outbox')).toEqual([])
  })

  it('handles a batch of five hundred', async () => {
    const { id: productId } = await storeProduct({ qty: 400 })
    const orders = await orderCreatedMessages(Array.from({ length: 500 }, () => ({ productId })))

    await reduce(...orders)

    expect(await ledgerOf(own.databaseUrl, productId)).toMatchObject({ sold: 400, final: 0 })
    expect(broker.of('stock.reduced')).toHaveLength(400)
    expect(broker.of('stock.rejected')).toHaveLength(100)
  })
})

describe('reduceStock, while somebody keeps a product locked', () => {
  let holder: Awaited<ReturnType<typeof lockRow>>
  let locked: number
  let free: number

  beforeEach(async () => {
    locked = (await storeProduct({ qty: 5 })).id
    free = (await storeProduct({ qty: 5 })).id
    holder = await lockRow(own.databaseUrl, 'products.products', locked)
  })

  it('decides the orders of the others and puts those of the locked one to the end of the queue', async () => {
    const here = await orderCreatedMessage({ productId: locked, quantity: 2 })
    const there = await orderCreatedMessage({ productId: free, quantity: 2 })
    const unknown = await orderCreatedMessage({ productId: 9_007_199_254_740_991 })

    await reduce(here, there, unknown)
    const before = outcomes()
    const putOff = deferred()
    await holder.end()
    await reduce(...putOff)

    expect(before).toEqual([outcome(there), outcome(unknown, 'product-not-found')])
    expect(putOff).toEqual([expect.objectContaining({ body: here.body, correlationId: here.correlationId })])
    expect(outcomes(1)).toEqual([outcome(here)])
    expect([await qtyOf(locked), await qtyOf(free)]).toEqual([3, 3])
  })

  it('waits a moment for it, as for another batch', async () => {
    const reduced = reduce(await orderCreatedMessage({ productId: locked }))
    await somebodyWaits(own.databaseUrl)

    await holder.end()
    await reduced

    expect(deferred()).toEqual([])
    expect(await qtyOf(locked)).toBe(4)
  })

  it('takes the stock once, however often the order is put off', async () => {
    const order = await orderCreatedMessage({ productId: locked, quantity: 2 })
    await reduce(order, order)
    await reduce(...deferred())

    await holder.end()
    await reduce(...deferred())

    expect(await ledgerOf(own.databaseUrl, locked)).toMatchObject({ sold: 2, final: 3 })
    expect(new Set(outcomes())).toEqual(new Set([outcome(order)]))
  })
})
