import type { Domain } from '@stockroom/database/connection'
import { claimPendingEvents, postponeEvents, removeFromOutbox } from '@stockroom/database/outbox'
import { transaction } from '@stockroom/database/query'
import { publishEvents } from '@stockroom/messaging/announce'
import { recordBacklog } from '@stockroom/messaging/backlog'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { job } from '@stockroom/telemetry/job'

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
    if (claimed < eventsPerTransaction) break
  }
  return published
}

/** The rows stay locked until the broker has answered, so that no other instance publishes them meanwhile. */
function publishSome(domain: Domain): Promise<{ claimed: number; confirmed: number }> {
  return transaction(domain, async (trx) => {
    const events = await claimPendingEvents(trx, domain, eventsPerTransaction)
    const confirmed = new Set(await publishEvents(domain, events))
    const unconfirmed = events.map(({ id }) => id).filter((id) => !confirmed.has(id))
    await removeFromOutbox(trx, domain, [...confirmed])
    await postponeEvents(trx, domain, unconfirmed)
    return { claimed: events.length, confirmed: confirmed.size }
  })
}
