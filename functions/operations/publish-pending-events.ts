import type { Domain } from '@stockroom/database/connection'
import {
  claimPendingEvents,
  outboxAgeSeconds,
  postponeEvents,
  removeFromOutbox,
} from '@stockroom/database/outbox'
import { transaction } from '@stockroom/database/query'
import { publishEvents } from '@stockroom/messaging/announce'
import { countDeadLetters } from '@stockroom/messaging/queue-inspection'
import { job } from '@stockroom/runtime/job'
import { reportCount, reportSeconds } from '@stockroom/runtime/metrics'

const eventsPerTransaction = 500
const transactionsPerRun = 20

/**
 * Publishes what was left in the outboxes: events whose publishing failed, or whose process died before it. A domain
 * whose database is away doesn't keep the other from being heard.
 */
export const handler = job(async () => {
  const [products, orders] = await Promise.allSettled([publishOutbox('products'), publishOutbox('orders')])
  await reportSeconds('OutboxAge', largestAgeSeconds)
  // Amazon MQ tells CloudWatch nothing of single queues from RabbitMQ 4 on.
  await reportCount('DeadLetters', countDeadLetters)
  if (products.status === 'rejected') throw products.reason
  if (orders.status === 'rejected') throw orders.reason
  return { products: products.value, orders: orders.value }
})

async function largestAgeSeconds(): Promise<number> {
  return Math.max(await outboxAgeSeconds('products'), await outboxAgeSeconds('orders'))
}

/** @returns how many events the broker has confirmed */
async function publishOutbox(domain: Domain): Promise<number> {
  let published = 0
  for (let round = 0; round < transactionsPerRun; round += 1) {
    const { claimed, confirmed } = await publishSome(domain)
    published += confirmed
    if (claimed < eventsPerTransaction) break
  }
  return published
}

/** The rows stay locked until the broker has answered, so that no other instance publishes them meanwhile. */
function publishSome(domain: Domain): Promise<{ claimed: number; confirmed: number }> {
  return transaction(domain, async (trx) => {
    const events = await claimPendingEvents(trx, domain, eventsPerTransaction)
    const confirmed = new Set(await publishEvents(events))
    const unconfirmed = events.map(({ id }) => id).filter((id) => !confirmed.has(id))
    await removeFromOutbox(trx, domain, [...confirmed])
    await postponeEvents(trx, domain, unconfirmed)
    return { claimed: events.length, confirmed: confirmed.size }
  })
}
