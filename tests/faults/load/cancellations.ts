import { setTimeout as pause } from 'node:timers/promises'
import { send } from './client.ts'
import type { Load } from './load.ts'

const tickMs = 20
const retryMs = 250
/** One in so many orders is cancelled: every other one of them at once, the others when they may be settled. */
const share = 3
const laterMs = 400

/** Customers who change their mind, while a load runs. Whoever gets no answer, or a 5xx, asks again. */
export class Cancellations {
  /** The orders that were answered to be cancelled. */
  readonly cancelled = new Set<number>()
  /** How many were refused, because the order was rejected. */
  refused = 0
  readonly #load: Load
  readonly #shopUrl: string
  readonly #underWay = new Set<Promise<void>>()
  #seen = 0
  #taken = 0
  #stopped = false
  #running: Promise<void> = Promise.resolve()

  constructor(load: Load, shopUrl: string) {
    this.#load = load
    this.#shopUrl = shopUrl
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Cancels nothing new, and resolves when every cancellation has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
    await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    this.#seen = this.#load.book.outcomes.length
    while (!this.#stopped) {
      const fresh = this.#load.book.outcomes.slice(this.#seen)
      this.#seen += fresh.length
      for (const { orderId } of fresh) if (orderId && this.#taken++ % share === 0) this.#begin(orderId)
      await pause(tickMs)
    }
  }

  #begin(orderId: number): void {
    const cancellation = this.#cancel(orderId, this.#taken % 2 === 0 ? 0 : laterMs)
    this.#underWay.add(cancellation)
    cancellation.finally(() => this.#underWay.delete(cancellation))
  }

  async #cancel(orderId: number, afterMs: number): Promise<void> {
    await pause(afterMs)
    for (;;) {
      const answer = await send('POST', `${this.#shopUrl}/orders/${orderId}/cancellation`).catch(
        () => undefined,
      )
      if (answer?.status === 200) this.cancelled.add(orderId)
      if (answer?.status === 409) this.refused += 1
      if (answer && answer.status < 500) return
      await pause(retryMs)
    }
  }
}
