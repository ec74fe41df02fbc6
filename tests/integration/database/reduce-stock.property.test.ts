import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { runSql } from '../../../bench/services/databases.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { seed } from '../../support/seed.ts'
import {
  deliver,
  type OrderCreatedMessage as Message,
  orderCreatedMessages,
  storeProduct,
} from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()
const brokers = [broker]
const shutDowns: (() => Promise<void>)[] = []
const instances = [reduceStock]

beforeAll(async () => {
  const second = await anotherInstance(
    own,
    () => import('../../../functions/products/reduce-stock-on-order-created.ts'),
  )
  brokers.push(second.broker)
  shutDowns.push(second.shutDown)
  instances.push(second.handler)
})

afterAll(() => Promise.all(shutDowns.map((shutDown) => shutDown())))

beforeEach(() => {
  for (const one of brokers) one.reset()
})

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
  return { all, batches, products, stock }
}

/** Says what of the books is wrong after a story; nothing in a shop that keeps its promises. */
async function checkBooks({ all, products, stock }: Awaited<ReturnType<typeof tell>>): Promise<void> {
  const ids = all.map(({ body }) => body.orderId)
  const ledger = await runSql<{ order_id: string; product_id: string; change: number; kind: string }>(
    own.databaseUrl,
    'select order_id, product_id, change, kind from products.stock_movements where order_id = any($1)',
    [ids],
  )
  const rows = await runSql<{ id: string; qty: number }>(
    own.databaseUrl,
    'select id, qty from products.products where id = any($1)',
    [products.map(({ id }) => id)],
  )

  expect(ledger.map(({ order_id }) => Number(order_id)).sort()).toEqual(ids.sort())
  for (const [index, { id }] of products.entries()) {
    const taken = ledger
      .filter(({ product_id }) => Number(product_id) === id)
      .reduce((sum, { change }) => sum - change, 0)
    const left = rows.find((row) => Number(row.id) === id)?.qty as number
    expect({ taken: taken + left, negative: left < 0 }).toEqual({ taken: stock[index], negative: false })
  }
  for (const { body } of all) {
    const entry = ledger.find(({ order_id }) => Number(order_id) === body.orderId)
    expect(entry?.change ?? 1).toBe(entry?.kind === 'sale' ? -body.quantity : 0)
    const outcome = entry?.kind === 'sale' ? 'reduced' : entry?.kind
    expect(toldOf(body.orderId)).toEqual(new Set([outcome]))
  }
}

/** The outcomes that were told of an order, by whichever instance. */
const toldOf = (orderId: number) =>
  new Set(
    brokers
      .flatMap(({ published }) => published)
      .filter(({ body }) => body.orderId === orderId)
      .map(({ body }) => body.reason ?? 'reduced'),
  )

const reduce = (batch: Message[], instance = 0) =>
  deliver(instances[instance] as typeof reduceStock, 'stock-reduction', batch)

describe('reduceStock, with any orders in any order of any batches, and any of them again', () => {
  it('keeps the books, one batch after the other', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (given) => {
        const told = await tell(given)

        for (const batch of told.batches) await reduce(batch)

        await checkBooks(told)
      }),
      { numRuns: 40, seed },
    )
  })

  it('keeps the books over two instances at once, where failed batches come again', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (given) => {
        const told = await tell(given)

        await Promise.all(
          told.batches.map(async (batch, index) => {
            const attempts = [index % 2, (index + 1) % 2, index % 2, 0, 1, 0, 1]
            for (const instance of attempts) {
              if (
                await reduce(batch, instance).then(
                  () => true,
                  () => false,
                )
              )
                return
            }
            throw new Error('a batch failed seven times')
          }),
        )

        await checkBooks(told)
      }),
      { numRuns: 40, seed },
    )
  })
})
