import { Agent } from 'node:http'
import { median, percentile, shuffled } from '../figures/statistics.ts'
import { keepPace } from '../load/pace.ts'
import { send } from '../load/send.ts'
import { operations, type Probe } from './operations.ts'

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
  perSecond: number
}

const agent = new Agent({ keepAlive: true })

/**
 * Sends every operation to every shop equally often, at a constant rate in random order, so that whatever else the
 * machine does meets them alike.
 */
export async function measureRound(
  shops: readonly SizedShop[],
  { seconds, perSecond }: Pace,
): Promise<Cell[]> {
  const pairs = shops.flatMap((shop) => operations.map((operation) => ({ shop, operation })))
  const cycles = Math.max(1, Math.round((seconds * perSecond) / pairs.length))
  const turns = Array.from({ length: cycles }, () => shuffled(pairs)).flat()
  const sent: Promise<number>[] = []
  await keepPace({ perSecond, total: turns.length }, () => {
    const { shop, operation } = turns[sent.length] as (typeof turns)[number]
    sent.push(latencyOf(shop.url, operation.probe(shop.orders)))
  })
  const latencies = await Promise.all(sent)
  return pairs.map((pair) => {
    const own = latencies.filter((_, at) => turns[at] === pair)
    const { orders } = pair.shop
    return { operation: pair.operation.name, orders, p50Ms: median(own), p95Ms: percentile(own, 0.95) }
  })
}

/**
 * Sends one request and resolves to the milliseconds until the whole answer was there.
 * @throws Error when the answer is another one than expected
 */
async function latencyOf(url: string, { method, path, body, expected }: Probe): Promise<number> {
  const begin = performance.now()
  const { status, text } = await send(method, url + path, { agent, body })
  if (status !== expected) throw new Error(`${method} ${path} was answered with ${status}: ${text}`)
  return performance.now() - begin
}
