import { percentile, sum } from '../../../bench/figures/statistics.ts'
import { eventually } from '../../../bench/processes/eventually.ts'
import type { ProductStock } from '../../../commands/audit/reconciliation.ts'
import { send } from '../load/client.ts'
import type { OrderBook, Outcome } from '../load/order-book.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { auditOf } from './audit.ts'
import { type StoredOrder, storedOrders } from './shop-books.ts'

/** The contract's limits, with room for a machine that does everything at once. */
const refusalLimitMs = { away: { p95: 250, longest: 1500 }, silent: { p95: 2300, longest: 2800 } }
const healthLimitSeconds = 2.5
/** After Redis was away within the time to live, here 5 s. */
const shownWithinMs = { usually: 1500, afterAnOutageOfTheCache: 6000 }
const mostViolations = 10

/** What a scenario has come to. */
export interface Verdict {
  settled: number
  lost: number
  oversold: number
  /** Everything in which it breaks a promise; nothing when it went well. */
  violations: string[]
}

/** Holds what was answered against what the database has, what the audit says and what the shops show. */
export async function judge(scenario: Scenario, stage: Stage): Promise<Verdict> {
  const { bench, load, health, productIds } = stage
  const orders = await storedOrders(bench.urls.DATABASE_URL, productIds)
  const { products, breaches: inTheBooks } = await auditOf(bench)
  const own = products.filter(({ id }) => productIds.includes(id))
  const lost = lostOrders(load.book, orders)
  return {
    settled: orders.filter(({ status }) => status !== 'pending').length,
    lost: lost.length,
    oversold: sum(own.map(({ sold, returned, initial }) => Math.max(0, sold - returned - initial))),
    violations: [
      ...(lost.length > 0 ? [`lost: ${lost.length} orders answered with 202, such as ${lost[0]}`] : []),
      ...load.book.duplicates(),
      ...unaskedOrders(load.book, orders),
      ...unexpectedAnswers(load.book.outcomes, scenario),
      ...slowRefusals(load.book),
      ...health.wrong(),
      ...untoldChanges(stage),
      ...(await staleProducts(stage, own, scenario)),
      ...inTheBooks.slice(0, mostViolations).map((violation) => `npm run audit: ${violation}`),
    ],
  }
}

/** Orders answered with 202 that aren't in the database, or not settled. */
function lostOrders(book: OrderBook, orders: readonly StoredOrder[]): number[] {
  const settled = new Set(orders.filter(({ status }) => status !== 'pending').map(({ id }) => id))
  return [...book.accepted()].filter((id) => !settled.has(id))
}

/** An order without a 202 is right only where its request got no answer, or one that leaves it open. */
function unaskedOrders(book: OrderBook, orders: readonly StoredOrder[]): string[] {
  const accepted = book.accepted()
  const uncertain = book.uncertain()
  return orders
    .filter(({ id, requestId }) => !accepted.has(id) && !uncertain.has(requestId))
    .map(({ id, requestId }) => `order ${id} (request ${requestId}) exists, but was answered otherwise`)
}

function unexpectedAnswers(outcomes: readonly Outcome[], scenario: Scenario): string[] {
  const kinds = Map.groupBy(outcomes, (outcome) => unexpected(outcome, scenario))
  return [...kinds].flatMap(([kind, { length }]) => (kind ? [`${length} × ${kind}`] : []))
}

function unexpected(
  { status, failure, code, retryAfter, phase }: Outcome,
  { shopGoes = false, needs }: Scenario,
): string | undefined {
  if (status === 202 || status === 409) return undefined
  if (code === 'outcome-unknown' && needs.includes('database') && !retryAfter) return undefined
  if (status === 503) return retryAfter ? undefined : '503 without Retry-After'
  if (status !== undefined) return `${status} ${code} while ${phase}`
  return shopGoes && failure !== 'ETIMEDOUT' ? undefined : `no answer (${failure}) while ${phase}`
}

function slowRefusals(book: OrderBook): string[] {
  return Object.entries(refusalLimitMs).flatMap(([phase, limit]) => {
    const times = book.refusalTimes(phase)
    if (times.length === 0) return []
    const [p95, longest] = [percentile(times, 0.95), Math.max(...times)]
    return p95 <= limit.p95 && longest <= limit.longest
      ? []
      : [`503 while ${phase} took ${p95.toFixed()} ms (95 %), ${longest.toFixed()} ms at most`]
  })
}

function untoldChanges({ changes, health }: Stage): string[] {
  return changes.flatMap(({ part, state, at }) => {
    const seconds = health.secondsUntil(part, state, at)
    return seconds !== undefined && seconds <= healthLimitSeconds
      ? []
      : [`/health said that ${part} is ${state} after ${seconds?.toFixed(1) ?? 'any number of'} s`]
  })
}

/** Settled stock is shown on every instance. */
async function staleProducts(
  { bench }: Stage,
  products: readonly ProductStock[],
  { needs }: Scenario,
): Promise<string[]> {
  const limitMs = needs.includes('cache') ? shownWithinMs.afterAnOutageOfTheCache : shownWithinMs.usually
  const running = bench.shops.filter((shop) => shop.isRunning)
  const findings = running.flatMap(({ url }) =>
    products.map((product) => staleness(`${url}/products/${product.id}`, product.left, limitMs)),
  )
  return (await Promise.all(findings)).flat()
}

async function staleness(url: string, left: number | null, limitMs: number): Promise<string[]> {
  let shown: unknown
  const isShown = async () => {
    const { body } = await send('GET', url)
    shown = (body as { qty?: number }).qty
    return shown === left
  }
  return eventually(isShown, limitMs).then(
    () => [],
    () => [`${left} pieces are left, but ${url} still shows ${shown}`],
  )
}
