import { nextArrivalMs, type Random } from './random.ts'

/** What a batch takes, such as the time for which it locks a row: `fixedMs`, and `perOrderMs` for each order in it. */
export interface BatchTime {
  fixedMs: number
  perOrderMs: number
}

export const takesMs = ({ fixedMs, perOrderMs }: BatchTime, orders: number): number =>
  fixedMs + perOrderMs * orders

/** Orders a second that go through at most, in batches of up to `maxBatch`, one after the other. */
export const capacity = (time: BatchTime, maxBatch: number): number =>
  (1000 * maxBatch) / takesMs(time, maxBatch)

/** What orders met that wait for their batch. */
export interface Waiting {
  /** Share of the time in which a batch is under way. */
  utilisation: number
  meanBatch: number
  meanMs: number
  /** From the arrival of an order to the end of its batch. */
  p50Ms: number
  p99Ms: number
}

/** Orders that arrive at random, and how they are handled. */
export interface Load {
  perSecond: number
  time: BatchTime
  maxBatch: number
  orders: number
  /** How long a batch is collected for, from its first order on, unless it is full before. Default: 0. */
  windowMs?: number
}

/**
 * Lets orders arrive at random and be handled in batches, one after the other: whatever waits when a batch has ended and
 * its window is over, up to `maxBatch`, goes into the next one.
 *
 * @returns undefined when more orders arrive than go through, so that the wait grows without end
 */
export function waitForBatch(
  { perSecond, time, maxBatch, orders, windowMs = 0 }: Load,
  random: Random,
): Waiting | undefined {
  if (perSecond >= capacity(time, maxBatch)) return undefined
  const arrivals = arrivalTimes(perSecond, orders, random)
  const waits: number[] = []
  let freeAt = 0
  let busyMs = 0
  let batches = 0
  while (waits.length < orders) {
    const first = arrivals[waits.length] as number
    const full = arrivals[waits.length + maxBatch - 1] ?? Infinity
    const startAt = Math.max(freeAt, Math.min(first + windowMs, full))
    const size = countUntil(arrivals, waits.length, startAt, maxBatch)
    const taken = takesMs(time, size)
    freeAt = startAt + taken
    for (let index = 0; index < size; index += 1) waits.push(freeAt - (arrivals[waits.length] as number))
    busyMs += taken
    batches += 1
  }
  const sorted = Float64Array.from(waits).sort()
  return {
    utilisation: busyMs / freeAt,
    meanBatch: orders / batches,
    meanMs: waits.reduce((sum, wait) => sum + wait, 0) / orders,
    p50Ms: sorted[Math.floor(orders * 0.5)] as number,
    p99Ms: sorted[Math.floor(orders * 0.99)] as number,
  }
}

function arrivalTimes(perSecond: number, orders: number, random: Random): Float64Array {
  const times = new Float64Array(orders)
  let now = 0
  for (let index = 0; index < orders; index += 1) {
    now += nextArrivalMs(perSecond, random)
    times[index] = now
  }
  return times
}

/** How many orders from `first` on have arrived at `time`: one at least, `most` at most. */
function countUntil(arrivals: Float64Array, first: number, time: number, most: number): number {
  let count = 1
  while (count < most && (arrivals[first + count] ?? Infinity) <= time) count += 1
  return count
}
