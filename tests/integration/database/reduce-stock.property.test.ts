import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { seed } from '../../support/seed.ts'
import {
  deliver,
  emptyTables,
  type OrderCreatedMessage as Message,
  orderCreatedMessages,
  storeProduct,
} from '../../support/stories.ts'

const own = ownServices()
const brokers = [RecordingBroker.inPlace()]
const shutDowns: (() => Promise<void>)[] = []
const instances = [reduceStock]

beforeAll(async () => {
  const load = () => import('../../../functions/products/reduce-stock-on-order-created.ts')
  const { handler, broker, shutDown } = await anotherInstance(own, load)
  brokers.push(broker)
  shutDowns.push(shutDown)
  instances.push(handler)
})

afterAll(() => Promise.all(shutDowns.map((shutDown) => shutDown())))

/** Stock of two products, orders for them and for one that isn't there, and how they come: index of an order, batch sizes. */
const story = fc.record({
  stock: fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })),
  orders: fc.array(
    fc.record({ product: fc.constantFrom(0, 0, 1, 1, 2), quantity: fc.integer({ min: 1, max: 8 }) }),
    { minLength: 1, maxLength: 20 },
  ),
  again: fc.array(fc.nat({ max: 19 }), { maxLength: 30 }),
  order: fc.infiniteStream(fc.nat()),
  sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
})
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never

/** The batches of a story: every order at least once, some again, in any order, in batches of any size. */
async function tell({ stock, orders, again, order, sizes }: Story) {
  await emptyTables(own.databaseUrl)
  for (const broker of brokers) broker.reset()
  const products = [await storeProduct({ qty: stock[0] }), await storeProduct({ qty: stock[1] })]
  const productIds = [...products.map(({ id }) => id), Number.MAX_SAFE_INTEGER]
  const all = await orderCreatedMessages(
    orders.map(({ product, quantity }) => ({ productId: productIds[product] as number, quantity })),
  )
  const shuffled = [...all, ...again.map((index) => all[index % all.length] as Message)]
    .map((message) => ({ message, rank: order.next().value as number }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ message }) => message)
  const batches: Message[][] = []
  while (shuffled.length > 0) {
    batches.push(shuffled.splice(0, sizes[batches.length % sizes.length] as number))
  }
  return { all, batches }
}

/** Every order is decided once and told of as it was decided, by whichever instance, and the books balance. */
async function checkBooks(orders: readonly Message[]): Promise<void> {
  const decisions = await own.sql<{ decision: string }>(
    "select order_id || ' ' || kind as decision from products.stock_movements where order_id is not null",
  )
  const told = brokers
    .flatMap(({ published }) => published)
    .map(({ body }) => `${body.orderId} ${body.reason ?? 'sale'}`)
  expect(decisions).toHaveLength(orders.length)
  expect(new Set(told)).toEqual(new Set(decisions.map(({ decision }) => decision)))
  expect((await reconcile()).violations).toEqual([])
}

const reduce = (batch: Message[], instance: number) =>
  deliver(instances[instance] as typeof reduceStock, 'stock-reduction', batch)

/** Hands a batch over until an instance has handled it: a failed one comes again. */
async function reduceSomewhere(batch: Message[], index: number): Promise<void> {
  for (let attempt = 0; attempt < 7; attempt += 1) {
    const isDone = await reduce(batch, (index + attempt) % 2).then(
      () => true,
      () => false,
    )
    if (isDone) return
  }
  throw new Error('a batch failed seven times')
}

describe('reduceStock, with any orders in any order of any batches, and any of them again', () => {
  it.each<[string, (batches: Message[][]) => Promise<unknown>]>([
    [
      'one batch after the other',
      async (batches) => {
        for (const batch of batches) await reduce(batch, 0)
      },
    ],
    [
      'over two instances at once, where failed batches come again',
      (batches) => Promise.all(batches.map(reduceSomewhere)),
    ],
  ])('keeps the books, %s', async (_, handle) => {
    const property = fc.asyncProperty(story, async (given) => {
      const { all, batches } = await tell(given)

      await handle(batches)

      await checkBooks(all)
    })

    await fc.assert(property, { numRuns: 40, seed })
  })
})
