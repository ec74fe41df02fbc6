import { beforeEach, describe, expect, it } from '@jest/globals'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { findOrder } from '../../../functions/orders/order-store.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { deliver, emptyTables, orderCreatedMessage, qtyOf, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(() => emptyTables(own.databaseUrl))

type Message = Parameters<typeof deliver>[2][number]

const reduce = (...messages: Message[]) => deliver(reduceStock, 'stock-reduction', messages)
const settle = (...messages: Message[]) => deliver(settleOrder, 'order-settlement', messages)

/** A moment before or after another one, in ISO 8601. */
const shifted = (time: string, ms: number) => new Date(Date.parse(time) + ms).toISOString()

/** Takes the reasons of the dead letters out of what the broker got; the rest is on its way. */
function takeReasons(): unknown[] {
  const isLetter = ({ exchange }: (typeof broker.published)[number]) => exchange === 'shop.dead-letters'
  const letters = broker.published.filter(isLetter)
  const rest = broker.published.filter((message) => !isLetter(message))
  broker.published.splice(0, broker.published.length, ...rest)
  return letters.map(({ options }) => options.headers?.['x-dead-letter-reason'])
}

/** Two products and an order for three pieces of the second one, whose id may have belonged to another order. */
async function story() {
  const [other, product] = [await storeProduct({ qty: 10 }), await storeProduct({ qty: 10 })]
  const created = await orderCreatedMessage({ productId: product.id, quantity: 3 })
  const { orderId, timestamp } = created.body
  const outcome = { orderId, productId: product.id, quantity: 3, timestamp }
  return { other, product, created, orderId, placedAt: timestamp, outcome }
}
type Story = Awaited<ReturnType<typeof story>>

const none = 9_007_199_254_740_991
const strangers: [string, (story: Story) => object, (story: Story) => string][] = [
  [
    'another product',
    ({ other }) => ({ productId: other.id }),
    ({ orderId, product, other }) =>
      `order ${orderId} is another one: of product ${product.id}, not of ${other.id}`,
  ],
  [
    'another quantity',
    () => ({ quantity: 2 }),
    ({ orderId }) => `order ${orderId} is another one: for 3 pieces, not for 2`,
  ],
  [
    'another time',
    ({ placedAt }) => ({ timestamp: shifted(placedAt, -1) }),
    ({ orderId, placedAt }) => `order ${orderId} is another one: it was placed at ${placedAt}`,
  ],
  ['no order at all', () => ({ orderId: none }), () => `there is no order ${none}`],
]

describe('an order.created', () => {
  it.each(strangers)(
    'of %s goes to the dead letters with that, takes no stock, and does not harm the order of that id',
    async (_, wrong, why) => {
      const given = await story()
      const { other, product, created, orderId } = given
      const ghost = { ...created, body: { ...created.body, ...wrong(given) } }

      await reduce(ghost)
      expect(takeReasons()).toEqual([why(given)])
      expect(broker.published).toEqual([])
      await reduce(ghost, created, ghost)
      takeReasons()
      await handOn(broker)

      expect(await findOrder(orderId)).toMatchObject({ status: 'confirmed', quantity: 3 })
      expect([await qtyOf(other.id), await qtyOf(product.id)]).toEqual([10, 7])
      expect((await reconcile()).violations).toEqual([])
    },
  )
})

describe('the outcome of an order', () => {
  const outcomes: [string, (outcome: Story['outcome']) => object][] = [
    ['stock.reduced', (outcome) => outcome],
    ['stock.rejected', ({ quantity, ...outcome }) => ({ ...outcome, reason: 'insufficient-stock' })],
  ]

  it.each(
    outcomes.flatMap(([type, bodyOf]) =>
      strangers
        .filter(([what]) => type === 'stock.reduced' || what !== 'another quantity')
        .map(([what, wrong, why]) => [type, what, bodyOf, wrong, why] as const),
    ),
  )(
    '%s of %s settles nothing, and goes to the dead letters with that',
    async (type, _, bodyOf, wrong, why) => {
      const given = await story()

      await settle({ type, body: { ...bodyOf(given.outcome), ...wrong(given) } })

      expect(takeReasons()).toEqual([why(given)])
      expect(await findOrder(given.orderId)).toMatchObject({ status: 'pending' })
    },
  )

  it('of another order harms the one of its own id in no way', async () => {
    const { created, orderId, other, outcome } = await story()
    const ghost = { type: 'stock.reduced', body: { ...outcome, productId: other.id } }
    await reduce(created)
    const told = broker.published.splice(0).map(({ body }) => ({ type: 'stock.reduced', body }))

    await settle(ghost, ...told, ghost)

    expect(await findOrder(orderId)).toMatchObject({ status: 'confirmed' })
    expect(takeReasons()).toHaveLength(2)
  })

  it('is told of a moment after its order was placed, though the clock of the database is ahead', async () => {
    const { orderId, created, placedAt } = await story()
    const ahead = shifted(placedAt, 3_600_000)
    await own.sql('update orders.orders set created_at = $2 where id = $1', [orderId, ahead])

    await reduce({ ...created, body: { ...created.body, timestamp: ahead } })
    await handOn(broker)

    expect(await findOrder(orderId)).toMatchObject({ status: 'confirmed' })
  })
})

describe('a ledger that has decided another order under the id of one', () => {
  /** What reduceStock wrote before it asked the orders. */
  const enter = async (orderId: number, productId: number, change: number, kind: string) => {
    await own.sql(
      'insert into products.stock_movements (order_id, product_id, change, kind) values ($1, $2, $3, $4)',
      [orderId, productId, change, kind],
    )
    await own.sql('update products.products set qty = qty + $2 where id = $1', [productId, change])
  }

  it.each<[string, (story: Story) => [number, number, string], number[]]>([
    ['took stock of another product', ({ other }) => [other.id, -3, 'sale'], [7, 7]],
    ['took more pieces', ({ product }) => [product.id, -5, 'sale'], [10, 2]],
    ['was refused', ({ other }) => [other.id, 0, 'insufficient-stock'], [10, 7]],
  ])('which %s decides the order by itself, and the books balance', async (_, decision, left) => {
    const given = await story()
    const { other, product, created, orderId } = given
    await enter(orderId, ...decision(given))

    await reduce(created)
    await handOn(broker)

    expect(await findOrder(orderId)).toMatchObject({ status: 'confirmed' })
    expect([await qtyOf(other.id), await qtyOf(product.id)]).toEqual(left)
    expect((await reconcile()).violations).toEqual([])
  })
})
