import { query } from '@stockroom/database/query'
import type { Roots } from './process-groups.ts'
import { type ProcessSample, ProcessSampler } from './process-sampler.ts'

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

/** Tells how many messages are ready in each queue. */
export type CountMessages = () => Promise<Record<string, number>>

const everyMs = 1000

/** Takes a sample a second until it is stopped, and hands each to `onSample`. */
export class Sampler {
  readonly samples: Sample[] = []
  readonly #processes: ProcessSampler
  readonly #countMessages: CountMessages
  readonly #onSample: (sample: Sample) => void
  readonly #timer: NodeJS.Timeout
  #firstId: number | undefined
  #current: Promise<void> | undefined

  constructor(roots: Roots, countMessages: CountMessages, onSample: (sample: Sample) => void) {
    this.#processes = new ProcessSampler(roots)
    this.#countMessages = countMessages
    this.#onSample = onSample
    this.#timer = setInterval(() => {
      // A slow database gets no second question on top of the first.
      this.#current ??= this.#take().finally(() => {
        this.#current = undefined
      })
    }, everyMs)
  }

  /** Resolves when the last sample is taken. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#current
  }

  async #take(): Promise<void> {
    const at = Date.now()
    const processes = this.#processes.sample()
    const [orders, outbox, queues] = await Promise.all([
      readOrders().catch(() => undefined),
      countOutboxes().catch(() => null),
      this.#countMessages().catch(() => null),
    ])
    if (orders) this.#firstId ??= orders.lastId
    const sample: Sample = {
      ...processes,
      at,
      accepted: orders ? orders.lastId - (this.#firstId ?? 0) : null,
      pending: orders?.pending ?? null,
      outbox,
      queues,
    }
    this.samples.push(sample)
    this.#onSample(sample)
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
  const counts = await Promise.all(
    (['orders', 'products'] as const).map((domain) =>
      query<{ count: number }>(domain, `select count(*) as count from ${domain}.outbox`),
    ),
  )
  return counts.reduce((sum, [row]) => sum + (row?.count ?? 0), 0)
}
