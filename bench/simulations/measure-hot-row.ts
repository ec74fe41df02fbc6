import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { declareTopology } from '@stockroom/messaging/topology'
import { shutDown } from '@stockroom/runtime/shutdown'
import { orderCreatedEvent } from '../../functions/orders/order-placement.ts'
import { placeOrders } from '../../functions/orders/placement-store.ts'
import { handler } from '../../functions/products/reduce-stock-on-order-created.ts'
import { migrateAll } from '../../migrations/all.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { rmqEvent } from '../../tests/support/rmq-event.ts'
import { median } from '../figures/statistics.ts'
import { formatted, table } from '../figures/table.ts'
import { withOwnServices } from '../services/clean-end.ts'
import type { OwnEnvironment } from '../services/own-services.ts'
import type { BatchTime } from './batches.ts'
import { fitted } from './fit.ts'
import { reduceStock, storeHotProduct } from './reduce-stock.ts'

const sizes = [1, 2, 5, 10, 50, 100, 500]
// Fewer where the process has a small share of a core.
const rounds = Number(parseArgs({ options: { rounds: { type: 'string', default: '9' } } }).values.rounds)
const batchesPerRound = 20

type Times = Map<number, number[]>

/**
 * Measures, on services of its own, how long a batch of orders for one product locks its row, from the answer to
 * the statement that locks it to that of `commit`, and how long it keeps the consumer, from the event of Lambda to the
 * broker's confirm of what the consumer has told, with the CPU that the process takes for it, which other programs on the
 * machine don't change.
 */
async function measure(environment: OwnEnvironment): Promise<void> {
  // By this variable the layers know that they are on Lambda: they wait for the broker then, and prepare no statements.
  Object.assign(process.env, environment, { LOG_LEVEL: 'error', AWS_LAMBDA_RUNTIME_API: 'measured' })
  await migrateAll()
  const channel = await openChannel()
  await declareTopology(channel)
  await channel.close()
  const productId = await storeHotProduct()
  const locked: Times = new Map(sizes.map((size) => [size, []]))
  const busy: Times = new Map(sizes.map((size) => [size, []]))
  const computed: Times = new Map(sizes.map((size) => [size, []]))
  // In turns, so that noise meets all alike; the first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const size of sizes) {
      for (let batch = 0; batch < batchesPerRound; batch += 1) {
        const lockMs = await reduceStock(await storeOrders(productId, size))
        const { busyMs, cpuMs } = await consumerTime(await storeOrders(productId, size))
        if (round === 0) continue
        locked.get(size)?.push(lockMs)
        busy.get(size)?.push(busyMs)
        computed.get(size)?.push(cpuMs)
      }
    }
  }
  print(medians(locked), medians(busy), medians(computed))
}

/** Stores orders of one piece each, and resolves to what the shop tells of them. */
async function storeOrders(productId: number, size: number) {
  const draft = { productId, quantity: 1, unitPrice: 1, totalPrice: 1, requestId: randomUUID() }
  const placed = await placeOrders(Array.from({ length: size }, () => ({ draft, idempotency: undefined })))
  return placed.flatMap((one) => (one.outcome === 'placed' ? [orderCreatedEvent(one.order).body] : []))
}

async function consumerTime(bodies: object[]): Promise<{ busyMs: number; cpuMs: number }> {
  const messages = bodies.map((body) => ({ type: 'order.created', messageId: randomUUID(), body }))
  const event = rmqEvent({ queue: 'stock-reduction', messages })
  const [beganAt, before] = [performance.now(), process.cpuUsage()]
  await handler(event, lambdaContext())
  const { user, system } = process.cpuUsage(before)
  return { busyMs: performance.now() - beganAt, cpuMs: (user + system) / 1000 }
}

const medians = (times: Times): [number, number][] => [...times].map(([size, all]) => [size, median(all)])

function print(locked: [number, number][], busy: [number, number][], computed: [number, number][]): void {
  const [lock, consumer, cpu] = [fitted(locked), fitted(busy), fitted(computed)]
  const line = ({ fixedMs, perOrderMs }: BatchTime, size: number) => formatted(fixedMs + perOrderMs * size, 2)
  console.log(
    table(
      [
        { title: 'orders in a batch', align: 'right' },
        { title: 'row locked, ms (median)', align: 'right' },
        { title: 'as fitted', align: 'right' },
        { title: 'consumer busy, ms (median)', align: 'right' },
        { title: 'as fitted', align: 'right' },
        { title: 'CPU of it, ms (median)', align: 'right' },
        { title: 'as fitted', align: 'right' },
      ],
      sizes.map((size, index) => [
        formatted(size),
        formatted(locked[index]?.[1] as number, 2),
        line(lock, size),
        formatted(busy[index]?.[1] as number, 2),
        line(consumer, size),
        formatted(computed[index]?.[1] as number, 2),
        line(cpu, size),
      ]),
    ),
  )
  const option = ({ fixedMs, perOrderMs }: BatchTime) => `${fixedMs.toFixed(2)}+${perOrderMs.toFixed(4)}`
  console.log(
    `\nnpm run simulate:hot-product -- --lock ${option(lock)} --consumer ${option(consumer)} --cpu ${option(cpu)} --round-trip 0`,
  )
}

process.exitCode = await withOwnServices(async (services) => {
  try {
    await measure(await services.own('hot_row'))
  } finally {
    await shutDown()
  }
})
