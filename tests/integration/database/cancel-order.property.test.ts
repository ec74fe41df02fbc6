import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { queues } from '@stockroom/messaging/topology'
import fc from 'fast-check'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { apiEvent } from '../../support/api-event.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { seed } from '../../support/seed.ts'
import { deliver, emptyTables, orderCreatedMessages, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const brokers = [RecordingBroker.inPlace()]
const instances: Instance[] = []
const shutDowns: (() => Promise<void>)[] = []

/** What a shop runs: its consumers by their queues, and what else the steps need. */
const load = async () => ({
  cancelOrder: (await import('../../../functions/orders/cancel-order.ts')).handler,
  reannounce: (await import('../../../functions/orders/reannounce-pending-orders.ts')).handler,
  'order-settlement': (await import('../../../functions/orders/settle-order-on-stock-outcome.ts')).handler,
  'stock-reduction': (await import('../../../functions/products/reduce-stock-on-order-created.ts')).handler,
  'stock-return': (await import('../../../functions/products/return-stock-on-order-cancelled.ts')).handler,
})
type Instance = Awaited<ReturnType<typeof load>>
type Message = { name: string; body: Record<string, unknown> }

beforeAll(async () => {
  instances.push(await load())
  const { broker, shutDown, ...second } = await anotherInstance(own, load)
  brokers.push(broker)
  shutDowns.push(shutDown)
  instances.push(second)
})

afterAll(() => Promise.all(shutDowns.map((shutDown) => shutDown())))

beforeEach(() => {
  for (const broker of brokers) broker.reset()
})

/** What waits in the queues of a story. */
let waiting: Message[] = []

/** Puts what was told since the last time into the queues. */
function collect(): void {
  for (const { published } of brokers)
    for (const { routingKey, body } of published.splice(0))
      if (queueOf(routingKey)) waiting.push({ name: routingKey, body })
}

const queueOf = (event: string) =>
  Object.entries(queues).find(([, events]) => events.some(({ name }) => name === event))?.[0]

async function hand({ name, body }: Message, instance: number): Promise<void> {
  const queue = queueOf(name) as keyof typeof queues
  const consumer = (instances[instance] as Instance)[queue]
  await deliver(consumer, queue, [{ type: name, body }]).catch((error) => {
    // Of two that decide one order at once one fails, and its batch comes again.
    if (!/unique|duplicate/.test(String(error))) throw error
    waiting.push({ name, body })
  })
}

const cancel = (orderId: number, instance: number) =>
  (instances[instance] as Instance).cancelOrder(apiEvent({ path: { id: String(orderId) } }), lambdaContext())

/** What happens next: an order is cancelled, or a message comes, comes twice, is lost, or is handled by two at once. */
const whats = 'cancel|deliver|deliver|deliver|deliver twice|lose|race|race cancel'.split('|')
const step = fc.record({
  what: fc.constantFrom(...whats),
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
    await own.sql(`update orders.orders set announce_again_at = now() - interval '1 s'`)
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

async function cancelledOrders(): Promise<number[]> {
  const rows = await own.sql<{ id: string }>(
    "select id from orders.orders where status = 'cancelled' order by id",
  )
  return rows.map(({ id }) => Number(id))
}

/** Of the orders these are cancelled, the others are settled, and the books balance with every piece back. */
async function check(cancelled: readonly number[]): Promise<void> {
  const { violations, orders, returning } = await reconcile()
  expect({ violations, pending: orders.pending, returning }).toEqual({
    violations: [],
    pending: 0,
    returning: 0,
  })
  expect(await cancelledOrders()).toEqual(cancelled)
}

async function start(stock: number, quantities: number[]): Promise<number[]> {
  await emptyTables(own.databaseUrl)
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
        const cancelled = await cancelledOrders()
        await heal()

        await check(cancelled)
      }),
      { numRuns: 30, seed },
    )
  })

  it('give their stock back once in every order of the steps of one of them', async () => {
    const stories = permutations(['created', 'cancel', 'cancelled', 'cancelled again', 'outcome'])
    const orderIds = await start(1000, Array(stories.length).fill(3))
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

    await check(orderIds)
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
