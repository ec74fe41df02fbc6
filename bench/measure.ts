import { drive, type LoadOrder, type LoadResult } from './load/load.ts'
import { type Settlement, settlementOf } from './load/settlement.ts'
import { cpuClock } from './processes/cpu-clock.ts'
import type { BenchServices } from './services/own-services.ts'
import { type Entrant, orderBody } from './targets/all.ts'

/** What a target has done in one round. */
export interface Measured extends LoadResult {
  settlement: Settlement
  /** The 99th percentile of the milliseconds until an order was settled. */
  settledP99Ms: number
  /** Milliseconds of CPU by program, all but the load generator, until the last order was settled. */
  cpuMs: Map<string, number>
}

/**
 * Sends orders, and waits until they are settled.
 * @throws Error when none is accepted, or some are lost
 */
export async function measure(
  { url, pids, books }: Entrant,
  { urls }: BenchServices,
  order: Omit<LoadOrder, 'url' | 'body'>,
): Promise<Measured> {
  const storedBefore = await books.stored()
  const clock = cpuClock(pids, urls)
  const beganAt = performance.now()
  const load = await drive({ ...order, url, body: orderBody })
  const { accepted } = load
  if (accepted === 0) throw new Error(`${url} has accepted nothing at all.`)
  const settlement = await settlementOf(books, { accepted, storedBefore, beganAt })
  const cpuMs = clock()
  return { ...load, settlement, cpuMs, settledP99Ms: await books.settledP99Ms(accepted) }
}

/** Measures `count` rounds after one that warms up and doesn't count; a round has one measurement or more. */
export async function inRounds<Result>(
  count: number,
  measureRound: (round: number, label: string) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let round = 0; round <= count; round += 1) {
    const measured = await measureRound(round, round === 0 ? 'warm-up' : `round ${round} of ${count}`)
    if (round > 0) results.push(...measured)
  }
  return results
}
