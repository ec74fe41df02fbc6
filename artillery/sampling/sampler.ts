import { outboxBacklog } from '@stockroom/database/outbox-backlog'
import { query } from '@stockroom/database/query'
import { countQueues } from '@stockroom/messaging/queue-counts'
import type { Roots } from '../../bench/processes/process-groups.ts'
import { askShop } from '../../commands/audit/audit.ts'
import type { LocalSettings } from '../../local/settings/settings.ts'
import { type ProcessSample, processSampler } from './process-sampler.ts'

/** What a run looks at once a second; null what could not be read in time. */
export interface Sample extends ProcessSample {
  /** Milliseconds since the epoch. */
  at: number
  /** Orders that were accepted since the run began, by anybody. */
  accepted: number | null
  pending: number | null
  /** Events that no broker has confirmed yet. */
  outbox: number | null
  /** Messages that are ready to be delivered, by queue. */
  queues: Record<string, number> | null
}

const everyMs = 1000

/** Takes a sample a second until it is stopped, and hands each to `onSample`. */
export function startSampler(roots: Roots, local: LocalSettings, onSample: (sample: Sample) => void) {
  const samples: Sample[] = []
  const readUsage = processSampler(roots)
  let firstId: number | undefined
  const take = async () => {
    const at = Date.now()
    const usage = readUsage()
    const [orders, outbox, queues] = await Promise.all([
      readOrders().catch(() => undefined),
      countOutboxes().catch(() => null),
      countReady(local).catch(() => null),
    ])
    firstId ??= orders?.lastId
    const accepted = orders ? orders.lastId - (firstId ?? 0) : null
    const sample: Sample = { ...usage, at, accepted, pending: orders?.pending ?? null, outbox, queues }
    samples.push(sample)
    onSample(sample)
  }
  let current: Promise<void> | undefined
  const timer = setInterval(() => {
    // A slow database gets no second question on top of the first.
    current ??= take().finally(() => {
      current = undefined
    })
  }, everyMs)
  return {
    samples,
    /** Resolves when the last one is taken. */
    async stop() {
      clearInterval(timer)
      await current
    },
  }
}

async function readOrders(): Promise<{ lastId: number; pending: number }> {
  const [row] = await query<{ lastId: number; pending: number }>(
    'orders',
    `select coalesce(max(id), 0) as "lastId",
            (select count(*) from orders.orders where status = 'pending') as pending
       from orders.orders`,
  )
  return row as { lastId: number; pending: number }
}

async function countOutboxes(): Promise<number> {
  return (await outboxBacklog('orders')).events + (await outboxBacklog('products')).events
}

/** The broker tells, or the shop when the broker is in its process. */
async function countReady(local: LocalSettings): Promise<Record<string, number>> {
  if (local.embedded.broker) return (await askShop(local))?.ready ?? {}
  return Object.fromEntries((await countQueues()).map(({ name, ready }) => [name, ready]))
}
