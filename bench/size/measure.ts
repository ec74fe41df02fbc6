import { setTimeout as pause } from 'node:timers/promises'
import { median, percentile, shuffled } from '../figures/statistics.ts'
import { type Operation, operations } from './operations.ts'
import { latencyOf } from './probe.ts'

/** A shop with a table of some size. */
export interface SizedShop {
  orders: number
  url: string
}

/** The latencies of one operation at one size in one round. */
export interface Cell {
  operation: string
  orders: number
  p50Ms: number
  p95Ms: number
}

interface Pace {
  seconds: number
  /** Requests a second. */
  rate: number
}

/**
 * Sends every operation to every shop equally often, at a constant rate in random order, so that whatever else the
 * machine does meets them alike.
 */
export async function measureRound(shops: readonly SizedShop[], { seconds, rate }: Pace): Promise<Cell[]> {
  const pairs = shops.flatMap((shop) => operations.map((operation) => ({ shop, operation })))
  const samples = new Map(pairs.map((pair) => [pair, [] as number[]]))
  const sent: Promise<unknown>[] = []
  const begin = performance.now()
  const cycles = Math.max(1, Math.round((seconds * rate) / pairs.length))
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    for (const pair of shuffled(pairs)) {
      await until(begin + (sent.length * 1000) / rate)
      sent.push(sample(pair).then((latency) => samples.get(pair)?.push(latency)))
    }
  }
  await Promise.all(sent)
  return pairs.map((pair) => cellOf(pair, samples.get(pair) as number[]))
}

const sample = ({ shop, operation }: { shop: SizedShop; operation: Operation }) =>
  latencyOf(shop.url, operation.probe(shop.orders))

function cellOf({ shop, operation }: { shop: SizedShop; operation: Operation }, latencies: number[]): Cell {
  return {
    operation: operation.name,
    orders: shop.orders,
    p50Ms: median(latencies),
    p95Ms: percentile(latencies, 0.95),
  }
}

async function until(moment: number): Promise<void> {
  const waitMs = moment - performance.now()
  if (waitMs > 0) await pause(waitMs)
}
