import type { Domain } from '@stockroom/database/connection'
import { outboxBacklog } from '@stockroom/database/outbox-backlog'
import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { countQueues } from '@stockroom/messaging/queue-counts'
import { within } from '@stockroom/runtime/deadline'
import { log } from '@stockroom/runtime/logger'
import { type OrderPace, readOrderPace } from '../orders/order-pace.ts'
import { readSales } from '../products/sales.ts'
import { operationRoutes } from './operation-routes.ts'
import type { Overview } from './overview.ts'
import { readHealth } from './shop-health.ts'

const domains: Domain[] = ['products', 'orders']
const answerWithinMs = 1000

/** What is away is left out: whoever watches the shop wants to see the rest, and what is wrong. */
export const handler = endpoint(operationRoutes.getOverview, async () => {
  const pace = orNull(readOrderPace())
  const [health, orders, products, queues, outboxes] = await Promise.all([
    readHealth(),
    pace,
    orNull(readProducts(pace)),
    orNull(countQueues()),
    orNull(readOutboxes()),
  ])
  const overview: Overview = { health, orders: orders && ordersNow(orders), products, queues, outboxes }
  return json(200, overview)
})

async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await within(answerWithinMs, reading)
  } catch (error) {
    log.debug({ err: error }, 'a part of the overview is not available')
    return null
  }
}

function ordersNow({ seconds, settling, pending, latest }: OrderPace): Overview['orders'] {
  return {
    pending: pending.reduce((sum, { orders }) => sum + orders, 0),
    oldestPendingSeconds: Math.max(0, ...pending.map(({ ageSeconds }) => ageSeconds)),
    settling,
    seconds: seconds.map(({ second, ...counts }) => ({
      at: new Date(second * 1000).toISOString(),
      ...counts,
    })),
    latest,
  }
}

/** Without the orders, the newest products are shown. */
async function readProducts(pace: Promise<OrderPace | null>): Promise<Overview['products']> {
  const { ordered = [], pending = [] } = (await pace) ?? {}
  const reserved = new Map(pending.map(({ productId, quantity }) => [productId, quantity]))
  const products = await readSales(ordered)
  return products.map((product) => ({ ...product, reserved: reserved.get(product.id) ?? 0 }))
}

const readOutboxes = (): Promise<NonNullable<Overview['outboxes']>> =>
  Promise.all(domains.map(async (name) => ({ name, ...(await outboxBacklog(name)) })))
