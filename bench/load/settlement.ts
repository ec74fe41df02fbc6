import { setTimeout as pause } from 'node:timers/promises'
import type { Books } from '../targets/all.ts'

/** What became of the orders that were accepted. */
export interface Settlement {
  /** Orders that were settled, divided by the time from the first request until the last was settled. */
  settledPerSecond: number
  /** From the end of the load until none was pending any more. */
  drainedAfterSeconds: number
}

const drainWithinMs = 300_000
const pauseMs = 100

/**
 * Waits until everything that was accepted is settled, so that nobody pays for somebody else's peak.
 *
 * @param storedBefore the orders that were stored when the load began
 * @param beganAt when it began, by `performance.now()`
 * @throws Error when fewer orders are stored than were accepted, or some stay pending
 */
export async function settlementOf(
  books: Books,
  { accepted, storedBefore, beganAt }: { accepted: number; storedBefore: number; beganAt: number },
): Promise<Settlement> {
  const endedAt = performance.now()
  for (let pending = await books.pending(); pending > 0; pending = await books.pending()) {
    if (performance.now() - endedAt > drainWithinMs)
      throw new Error(`${pending} orders are still pending, minutes after the peak.`)
    await pause(pauseMs)
  }
  const drainedAt = performance.now()
  const stored = (await books.stored()) - storedBefore
  if (stored < accepted) throw new Error(`${accepted} orders were accepted, but only ${stored} are stored.`)
  return {
    settledPerSecond: (stored / (drainedAt - beganAt)) * 1000,
    drainedAfterSeconds: (drainedAt - endedAt) / 1000,
  }
}
