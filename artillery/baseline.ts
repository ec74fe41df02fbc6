import { setTimeout as pause } from 'node:timers/promises'
import { median } from '../bench/figures/statistics.ts'
import type { Limits, LoadSettings } from './settings.ts'
import { countUnsettled, readSettlement } from './settlement.ts'

const warmUpOrders = 100
const orders = 200
const settledWithinMs = 10_000

/** How fast this shop on this machine is when it has nothing else to do: medians of single orders, one at a time. */
export interface Baseline {
  /** From the request to the first byte of its answer. */
  answeredMs: number
  /** From accepted to settled. */
  settledMs: number
}

/**
 * Sends single orders for a product of its own, each after the answer to the one before, so that the targets of the load
 * mean the same on a fast and on a slow machine.
 * @throws Error in one line when the shop refuses one, or doesn't settle them
 */
export async function measureBaseline(url: string, productId: number): Promise<Baseline> {
  for (let left = warmUpOrders; left > 0; left -= 1) await sendOrder(url, productId)
  const answered: number[] = []
  while (answered.length < orders) answered.push(await sendOrder(url, productId))
  const deadline = performance.now() + settledWithinMs
  while ((await countUnsettled([productId])) > 0) {
    if (performance.now() > deadline) throw new Error(`The shop at ${url} doesn't settle its orders.`)
    await pause(50)
  }
  const { p50 } = await readSettlement([productId])
  return { answeredMs: median(answered), settledMs: p50 as number }
}

async function sendOrder(url: string, productId: number): Promise<number> {
  const begin = performance.now()
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId, quantity: 1 }),
  })
  const ms = performance.now() - begin
  const body = await response.text()
  if (response.status !== 202)
    throw new Error(`The shop at ${url} takes no order: ${response.status} ${body}`)
  return ms
}

/** A user of the mixed scenario sends two requests at most, one after the other. */
const requestsOfUser = { pure: 1, mixed: 2 }

/** What is still good enough, in milliseconds, where single orders take as long as `baseline` says. */
export function limitsOf({ scenario, ratios }: LoadSettings, { answeredMs, settledMs }: Baseline): Limits {
  const p95Ms = answeredMs * ratios.p95
  const p99Ms = answeredMs * ratios.p99
  const requests = requestsOfUser[scenario]
  return {
    p95Ms,
    p99Ms,
    sessionP95Ms: p95Ms * requests,
    sessionP99Ms: p99Ms * requests,
    settledP99Ms: settledMs * ratios.settledP99,
  }
}

/** What single orders took, for whoever reads the targets. */
export const baselineSentence = ({ answeredMs, settledMs }: Baseline): string =>
  `One order at a time was answered in ${answeredMs.toFixed(1)} ms and settled in ${settledMs.toFixed(0)} ms, medians of ${orders} before the load`
