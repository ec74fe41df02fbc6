import { setTimeout as pause } from 'node:timers/promises'
import type { Books } from '../contenders/contender.ts'

/** What became of the orders that were accepted, seen from the end of the peak. */
export interface Settlement {
  /** The share of the orders that was settled ten seconds after the peak, or before. */
  settledShare: number
  /** Messages that waited in the queues then. */
  queued: number
  /** When none was pending any more. */
  drainedAfterSeconds: number
}

const lookAfterMs = 10_000
const drainWithinMs = 300_000
const pauseMs = 100

/**
 * Waits until everything that was accepted is settled, so that nobody pays for somebody else's peak.
 *
 * @param storedBefore the orders that were stored when the peak began
 * @throws Error when fewer orders are stored than were accepted, or some stay pending
 */
export async function settlementOf(
  books: Books,
  accepted: number,
  storedBefore: number,
): Promise<Settlement> {
  const begin = performance.now()
  const left = await whatIsLeft(books, begin + lookAfterMs)
  const drained = left.pending === 0 ? left : await whatIsLeft(books, begin + drainWithinMs)
  if (drained.pending > 0)
    throw new Error(`${drained.pending} orders are still pending, minutes after the peak.`)
  const stored = (await books.stored()) - storedBefore
  if (stored < accepted) throw new Error(`${accepted} orders were accepted, but only ${stored} are stored.`)
  return {
    settledShare: stored === 0 ? 1 : (stored - left.pending) / stored,
    queued: left.queued,
    drainedAfterSeconds: (drained.at - begin) / 1000,
  }
}

/** Looks again and again until nothing is pending, or the time is up. */
async function whatIsLeft(books: Books, until: number) {
  for (;;) {
    const pending = await books.pending()
    const at = performance.now()
    if (pending === 0 || at >= until) return { pending, queued: await books.queued(), at }
    await pause(pauseMs)
  }
}
