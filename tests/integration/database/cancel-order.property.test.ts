import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { runSql } from '../../../bench/services/databases.ts'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { handler as cancelOrder } from '../../../functions/orders/cancel-order.ts'
import { handler as reannounce } from '../../../functions/orders/reannounce-pending-orders.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { handler as returnStock } from '../../../functions/products/return-stock-on-order-cancelled.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { apiEvent } from '../../support/api-event.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { seed } from '../../support/seed.ts'
import { deliver, emptyTables, orderCreatedMessages, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const first = { cancelOrder, reannounce, settleOrder, reduceStock, returnStock }
const instances = [first]
const brokers = [RecordingBroker.inPlace()]
const shutDowns: (() => Promise<void>)[] = []

beforeAll(async () => {
  const { broker, shutDown, ...second } = await anotherInstance(own, async () => ({
    cancelOrder: (await import('../../../functions/orders/cancel-order.ts')).handler,
    reannounce: (await import('../../../functions/orders/reannounce-pending-orders.ts')).handler,
    settleOrder: (await import('../../../functions/orders/settle-order-on-stock-outcome.ts')).handler,
    reduceStock: (await import('../../../functions/products/reduce-stock-on-order-created.ts')).handler,
    returnStock: (await import('../../../functions/products/return-stock-on-order-cancelled.ts')).handler,
  }))
  brokers.push(broker)
  shutDowns.push(shutDown)
  instances.push(second)
})

afterAll(() => Promise.all(shutDowns.map((shutDown) => shutDown())))

beforeEach(async () => {
  for (const broker of brokers) broker.reset()
  await emptyTables(own.databaseUrl)
})

type Instance = typeof first
type Message = { name: string; body: Record<string, unknown> }

/** What waits in the queues of a story. */
let waiting: Message[] = []

/** Puts what was told since the last time into the queues. */
function collect(): void {
  for (const { published } of brokers)
    for (const { routingKey, body } of published.splice(0))
      if (consumers[routingKey]) waiting.push({ name: routingKey, body })
}

const consumers: Record<string, { queue: string; of(instance: Instance): Instance['reduceStock'] }> = {
  'order.created': { queue: 'stock-reduction', of: ({ reduceStock }) => reduceStock },
  'stock.reduced': { queue: 'order-settlement', of: ({ settleOrder }) => settleOrder },
  'stock.rejected': { queue: 'order-settlement', of: ({ settleOrder }) => settleOrder },
  'stock.returned': { queue: 'order-settlement', of: ({ settleOrder }) => settleOrder },
  'order.cancelled': { queue: 'stock-return', of: ({ returnStock }) => returnStock },
}

async function hand({ name, body }: Message, instance: number): Promise<void> {
  const { queue, of } = consumers[name] as (typeof consumers)[string]
  const handler = of(instances[instance] as Instance)
  await deliver(handler, queue, [{ type: name, body }]).catch((error) => {
    // Of two that decide one order at once one fails, and its batch comes again.
    if (!/unique|duplicate/.test(String(error))) throw error
    waiting.push({ name, body })
  })
}

const cancel = (orderId: number, instance: number) =>
  (instances[instance] as Instance).cancelOrder(apiEvent({ path: { id: String(orderId) } }), lambdaContext())

/** What happens next: an order is cancelled, or a message comes, comes twice, is lost, or is handled by two at once. */
const step = fc.record({
  what: fc.constantFrom(
    'cancel',
    'deliver',
    'deliver',
    'deliver',
    'deliver twice',
    'lose',
    'race',
    'race cancel',
  ),
  which: fc.nat(),
  other: fc.nat(),
  instance: fc.constantFrom(0, 1),
})
const story = fc.record({
  stock: fc.integer({ min: 0, max: 8 }),
  quantities: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { maxLength: 24 }),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function take(which: number): Message | undefined {
  return waiting.splice(which % Math.max(1, waiting.length), 1)[0]
}

async function act({ what, which, other, instance }: Step, orderIds: number[]): Promise<void> {
  const orderId = orderIds[which % orderIds.length] as number
  if (what === 'cancel') await cancel(orderId, instance)
  else if (what === 'race cancel') {
    const message = take(other)
    await Promise.all([cancel(orderId, instance), message && hand(message, 1 - instance)])
  } else {
    const message = take(which)
    if (!message || what === 'lose') return
    await hand(message, instance)
    if (what === 'deliver twice') waiting.push(message)
    const racing = what === 'race' ? take(other) : undefined
    if (racing) await Promise.all([hand(message, instance), hand(racing, 1 - instance)])
  }
  collect()
}

/** Everything heals: the sweep tells again what is owed, and everything that waits is handed over, newest first. */
async function heal(): Promise<void> {
  for (let round = 0; ; round += 1) {
    await runSql(own.databaseUrl, `update orders.orders set announce_again_at = now() - interval '1 s'`)
    const { reannounce } = instances[round % 2] as Instance
    const { reannounced } = (await reannounce({}, lambdaContext())) as { reannounced: number }
    collect()
    if (reannounced === 0 && waiting.length === 0) return
    if (round > 20) throw new Error(`${waiting.length} messages still wait`)
    for (let message = waiting.pop(); message; message = waiting.pop()) {
      await hand(message, waiting.length % 2)
      collect()
    }
  }
}

async function check(orderIds: number[], wasCancelled: ReadonlySet<number>): Promise<void> {
  const { violations, orders, products, returning } = await reconcile()
  expect({ violations, pending: orders.pending, returning }).toEqual({
    violations: [],
    pending: 0,
    returning: 0,
  })
  for (const { initial, adjusted, left, sold, returned } of products)
    expect(initial + adjusted - (left ?? 0)).toBe(sold - returned)
  const rows = await runSql<{ id: string; status: string; changes: number }>(
    own.databaseUrl,
    `select o.id, o.status, coalesce(sum(m.change), 0)::int + case o.status when 'confirmed' then o.quantity else 0 end as changes
       from orders.orders o left join products.stock_movements m on m.order_id = o.id
      where o.id = any($1) group by o.id`,
    [orderIds],
  )
  expect(rows).toHaveLength(orderIds.length)
  for (const { id, status, changes } of rows) {
    expect(changes).toBe(0)
    expect(status === 'cancelled').toBe(wasCancelled.has(Number(id)))
  }
}

const statusOf = async (ids: number[]) =>
  runSql<{ id: string }>(
    own.databaseUrl,
    `select id from orders.orders where status = 'cancelled' and id = any($1)`,
    [ids],
  )

async function start(stock: number, quantities: number[]): Promise<number[]> {
  const { id: productId } = await storeProduct({ qty: stock })
  const messages = await orderCreatedMessages(quantities.map((quantity) => ({ productId, quantity })))
  waiting = messages.map(({ type, body }) => ({ name: type, body }))
  return messages.map(({ body }) => body.orderId)
}

describe('orders that are cancelled', () => {
  it('give their stock back once, with every event lost, twice or late, over two instances', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ stock, quantities, steps }) => {
        const orderIds = await start(stock, quantities)

        for (const one of steps) await act(one, orderIds)
        const cancelled = new Set((await statusOf(orderIds)).map(({ id }) => Number(id)))
        await heal()

        await check(orderIds, cancelled)
      }),
      { numRuns: 30, seed },
    )
  })

  it('give their stock back once in every order of the steps of one of them', async () => {
    const stories = permutations(['created', 'cancel', 'cancelled', 'cancelled again', 'outcome'])
    const orderIds = await start(
      1000,
      stories.map(() => 3),
    )
    const messages = waiting.splice(0)

    for (const [index, steps] of stories.entries()) {
      const told = new Map([['created', messages[index] as Message]])
      for (const step of steps) {
        if (step === 'cancel') await cancel(orderIds[index] as number, 0)
        const message = told.get(step.split(' ')[0] as string)
        if (message) await hand(message, 0)
        collect()
        for (const one of waiting.splice(0)) told.set(stepOf[one.name] ?? one.name, one)
      }
    }
    await heal()

    await check(orderIds, new Set(orderIds))
  }, 120_000)
})

/** The step that hands an event over; what follows from it is lost. */
const stepOf: Record<string, string> = { 'order.cancelled': 'cancelled', 'stock.reduced': 'outcome' }

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}
