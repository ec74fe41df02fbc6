import type { Domain } from '@stockroom/database/connection'
import {
  claimOutboxRows,
  type OutboxRow,
  postponeOutboxRows,
  removeFromOutbox,
} from '@stockroom/database/outbox'
import { transaction } from '@stockroom/database/query'
import { recordBacklog } from '@stockroom/messaging/backlog'
import { publishRows } from '@stockroom/messaging/commit-and-publish'
import { processPolicy } from '@stockroom/runtime/process-policy'
import { job } from '@stockroom/telemetry/job'
import { warmProducts } from '../products/catalogue.ts'

/** The events of a commit each. */
const rowsPerTransaction = 50
const transactionsPerRun = 20

/**
 * Publishes what was left in the outboxes: events whose publishing failed, or whose process died before it. A domain
 * whose database is away doesn't keep the other from being heard. Deployed, it also records what waits: nobody asks there.
 */
export const handler = job(async () => {
  if (processPolicy().sweepsRecordBacklog) await recordBacklog()
  const [products, orders] = await Promise.allSettled([publishOutbox('products'), publishOutbox('orders')])
  if (products.status === 'rejected') throw products.reason
  if (orders.status === 'rejected') throw orders.reason
  return { products: products.value, orders: orders.value }
})

/** @returns how many rows the broker has confirmed */
async function publishOutbox(domain: Domain): Promise<number> {
  let published = 0
  for (let round = 0; round < transactionsPerRun; round += 1) {
    const { claimed, confirmed } = await publishSome(domain)
    published += confirmed
    await showChanged(claimed)
    if (claimed.length < rowsPerTransaction) break
  }
  return published
}

/** The rows stay locked until the broker has answered, so that no other instance publishes them meanwhile. */
function publishSome(domain: Domain): Promise<{ claimed: OutboxRow[]; confirmed: number }> {
  return transaction(domain, async (trx) => {
    const rows = await claimOutboxRows(trx, domain, rowsPerTransaction)
    const confirmed = new Set(await publishRows(domain, rows))
    const unconfirmed = rows.map(({ id }) => id).filter((id) => !confirmed.has(id))
    await removeFromOutbox(trx, domain, [...confirmed])
    await postponeOutboxRows(trx, domain, unconfirmed)
    return { claimed: rows, confirmed: confirmed.size }
  })
}

/** Whoever changed these products may have died before they were shown. */
async function showChanged(rows: readonly OutboxRow[]): Promise<void> {
  const changes = rows.flatMap(({ events }) => events).filter(({ name }) => name.startsWith('product.'))
  if (changes.length > 0) await warmProducts(changes.map(({ body }) => (body as { id: number }).id))
}
