import type { Outcome } from '../load/order-book.ts'
import { percentile } from '../load/order-book.ts'
import type { Scenario, Stage } from '../scenario.ts'
import type { StoredOrder, StoredProduct } from './shop-books.ts'

/** What the database has at the end of a scenario. */
export interface Found {
  orders: readonly StoredOrder[]
  products: readonly StoredProduct[]
}

/** The contract's limits, with room for a machine that does everything at once. */
const refusalLimitMs = { away: { p95: 250, longest: 1500 }, silent: { p95: 2300, longest: 2800 } }
const healthLimitSeconds = 2.5

/** Orders answered with 202 that aren't in the database, or not settled. */
export function lostOrders({ load }: Stage, { orders }: Found): number[] {
  const settled = new Set(orders.filter(({ status }) => status !== 'pending').map(({ id }) => id))
  return [...load.book.accepted()].filter((id) => !settled.has(id))
}

/** Pieces that were sold beyond what there was. */
export function oversoldPieces({ orders, products }: Found): number {
  return products.reduce((sum, { id, initial }) => sum + Math.max(0, soldPieces(orders, id) - initial), 0)
}

/** Everything in which a scenario's outcome breaks a promise; nothing when it went well. */
export function breaches(scenario: Scenario, stage: Stage, found: Found): string[] {
  const lost = lostOrders(stage, found)
  return [
    ...(lost.length > 0 ? [`lost: ${lost.length} orders answered with 202, such as ${lost[0]}`] : []),
    ...stage.load.book.duplicates(),
    ...unaskedOrders(stage, found),
    ...found.products.flatMap((product) => unbalanced(product, found.orders)),
    ...unexpectedAnswers(stage.load.book.outcomes, scenario),
    ...slowRefusals(stage),
    ...stage.health.wrong(),
    ...untoldChanges(stage),
  ]
}

/** An order without a 202 is right only where its request got no answer, or one that leaves it open. */
function unaskedOrders({ load }: Stage, { orders }: Found): string[] {
  const accepted = load.book.accepted()
  const uncertain = load.book.uncertain()
  return orders
    .filter(({ id, requestId }) => !accepted.has(id) && !uncertain.has(requestId))
    .map(({ id, requestId }) => `order ${id} (request ${requestId}) exists, but was answered otherwise`)
}

function unbalanced({ id, initial, left }: StoredProduct, orders: readonly StoredOrder[]): string[] {
  const sold = soldPieces(orders, id)
  return left >= 0 && initial - left === sold
    ? []
    : [`product ${id}: ${initial} came in, ${sold} were sold, and ${left} are left`]
}

const soldPieces = (orders: readonly StoredOrder[], id: number) =>
  orders
    .filter(({ productId, status }) => productId === id && status === 'confirmed')
    .reduce((sum, { quantity }) => sum + quantity, 0)

function unexpectedAnswers(outcomes: readonly Outcome[], scenario: Scenario): string[] {
  const kinds = new Map<string, number>()
  for (const outcome of outcomes) {
    const kind = unexpected(outcome, scenario)
    if (kind) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return [...kinds].map(([kind, times]) => `${times} × ${kind}`)
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

function slowRefusals({ load }: Stage): string[] {
  return Object.entries(refusalLimitMs).flatMap(([phase, { p95, longest }]) => {
    const latencies = load.book.latencies(503, phase)
    const found = { p95: percentile(latencies, 0.95), longest: latencies.at(-1) ?? 0 }
    return found.p95 <= p95 && found.longest <= longest
      ? []
      : [`503 while ${phase} took ${found.p95.toFixed()} ms (95 %), ${found.longest.toFixed()} ms at most`]
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
