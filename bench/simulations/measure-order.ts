import { randomUUID } from 'node:crypto'
import { query } from '@stockroom/database/query'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { declareTopology } from '@stockroom/messaging/topology'
import { shutDown } from '@stockroom/runtime/shutdown'
import { readProcessTable } from '../../artillery/sampling/process-table.ts'
import { handler } from '../../functions/orders/create-order.ts'
import { migrateAll } from '../../migrations/all.ts'
import { apiEvent } from '../../tests/support/api-event.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { formatted, table } from '../figures/table.ts'
import { withOwnServices } from '../services/clean-end.ts'
import { storeHotProduct } from './reduce-stock.ts'

const orders = 4000
const warmUp = 500
const atOnce = 64

interface Cost {
  shopMicroseconds: number
  postgresMicroseconds: number
  perSecond: number
}

/**
 * Measures what placing an order costs, without HTTP and without settling it: one order after the other, each with a
 * commit of its own as in an environment of Lambda, and many at once, which share commits.
 */
async function measure(): Promise<void> {
  await migrateAll()
  const channel = await openChannel()
  await declareTopology(channel)
  await channel.close()
  const productId = await storeHotProduct()
  // By this variable the layers know that they are on Lambda: they wait for the broker then, and prepare no statements.
  process.env.AWS_LAMBDA_RUNTIME_API = 'measured'
  const alone = await costOf(productId, 1)
  delete process.env.AWS_LAMBDA_RUNTIME_API
  const shared = await costOf(productId, atOnce)
  console.log(
    table(
      [
        { title: 'orders at once', align: 'right' },
        { title: 'CPU of the function, µs', align: 'right' },
        { title: 'CPU of PostgreSQL, µs', align: 'right' },
        { title: 'orders/s', align: 'right' },
      ],
      [[1, alone] as const, [atOnce, shared] as const].map(
        ([count, { shopMicroseconds, postgresMicroseconds, perSecond }]) => [
          formatted(count),
          formatted(shopMicroseconds),
          formatted(postgresMicroseconds),
          formatted(perSecond),
        ],
      ),
    ),
  )
}

async function costOf(productId: number, atOnceNow: number): Promise<Cost> {
  await place(productId, warmUp, atOnceNow)
  const before = { shop: process.cpuUsage(), postgres: await postgresMs(), at: performance.now() }
  await place(productId, orders, atOnceNow)
  const seconds = (performance.now() - before.at) / 1000
  const { user, system } = process.cpuUsage(before.shop)
  const ms = (await postgresMs()) - before.postgres
  return {
    shopMicroseconds: (user + system) / orders,
    postgresMicroseconds: (ms * 1000) / orders,
    perSecond: orders / seconds,
  }
}

async function place(productId: number, count: number, atOnceNow: number): Promise<void> {
  let left = count
  const one = async () => {
    while (left > 0) {
      left -= 1
      const answer = await handler(apiEvent({ json: { productId, quantity: 1 } }), lambdaContext())
      if ((answer as { statusCode: number }).statusCode !== 202) throw new Error(JSON.stringify(answer))
    }
  }
  await Promise.all(Array.from({ length: atOnceNow }, one))
}

/** Milliseconds of CPU of the sessions of this database: of PostgreSQL's own processes it tells nothing. */
async function postgresMs(): Promise<number> {
  const sessions = await query<{ pid: number }>(
    'orders',
    'select pid from pg_stat_activity where datname = current_database()',
  )
  const pids = new Set(sessions.map(({ pid }) => pid))
  return readProcessTable().reduce((sum, { pid, cpuMs }) => (pids.has(pid) ? sum + cpuMs : sum), 0)
}

process.exitCode = await withOwnServices(async (services) => {
  try {
    Object.assign(process.env, await services.own(`order_${randomUUID().slice(0, 4)}`), {
      LOG_LEVEL: 'error',
      DATABASE_POOL_SIZE: '10',
    })
    await measure()
  } finally {
    await shutDown()
  }
})
