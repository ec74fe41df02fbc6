import type { Domain } from '@stockroom/database/connection'
import {
  claimPendingEvents,
  type OutboxEvent,
  postponeEvents,
  removeFromOutbox,
} from '@stockroom/database/outbox'
import { transaction } from '@stockroom/database/query'
import { publishEvents } from '@stockroom/messaging/announce'
import { recordBacklog } from '@stockroom/messaging/backlog'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { job } from '@stockroom/telemetry/job'
import { warmProducts } from '../products/catalogue.ts'

const eventsPerTransaction = 500
const transactionsPerRun = 20

/**
 * Publishes what was left in the outboxes: events whose publishing failed, or whose process died before it. A domain
 * whose database is away doesn't keep the other from being heard. Deployed, it also records what waits: nobody asks there.
 */
export const handler = job(async () => {
  if (freezesAfterAnswer()) await recordBacklog()
  const [products, orders] = await Promise.allSettled([publishOutbox('products'), publishOutbox('orders')])
  if (products.status === 'rejected') throw products.reason
  if (orders.status === 'rejected') throw orders.reason
  return { products: products.value, orders: orders.value }
})

/** @returns how many events the broker has confirmed */
async function publishOutbox(domain: Domain): Promise<number> {
  let published = 0
  for (let round = 0; round < transactionsPerRun; round += 1) {
    const { claimed, confirmed } = await publishSome(domain)
    published += confirmed
    await showChanged(claimed)
    if (claimed.length < eventsPerTransaction) break
  }
  return published
}

/** The rows stay locked until the broker has answered, so that no other instance publishes them meanwhile. */
function publishSome(domain: Domain): Promise<{ claimed: OutboxEvent[]; confirmed: number }> {
  return transaction(domain, async (trx) => {
    const events = await claimPendingEvents(trx, domain, eventsPerTransaction)
    const confirmed = new Set(await publishEvents(domain, events))
    const unconfirmed = events.map(({ id }) => id).filter((id) => !confirmed.has(id))
    await removeFromOutbox(trx, domain, [...confirmed])
    await postponeEvents(trx, domain, unconfirmed)
    return { claimed: events, confirmed: confirmed.size }
  })
}

/** Whoever changed these products may have died before they were shown. */
async function showChanged(events: readonly OutboxEvent[]): Promise<void> {
  const changes = events.filter(({ name }) => name.startsWith('product.'))
  if (changes.length > 0) await warmProducts(changes.map(({ body }) => (body as { id: number }).id))
}
