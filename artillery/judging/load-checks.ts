import { sum } from '../../bench/figures/statistics.ts'
import { answersBetween, arrivalRateOf, promisedOrders } from '../generator-report.ts'
import type { RunRecord } from '../run.ts'
import { arrivalsOf } from '../settings.ts'
import { atMost, type Check, exactly, readable } from './check.ts'

/** Of the rate that was asked for. */
const rateTolerance = 0.98

/** What every load has to reach: nobody failed, nothing slow, nothing lost. */
export function loadChecks(run: RunRecord): Check[] {
  return [...checkUsers(run), ...checkLatency(run), ...checkBooks(run), ...checkMemory(run)]
}

function checkUsers({ generator, keptThresholds, settings }: RunRecord): Check[] {
  const { aggregate } = generator
  const { counters } = aggregate
  const wanted = (rateTolerance * arrivalsOf(settings)) / (settings.rampSeconds + settings.seconds)
  const rate = arrivalRateOf(aggregate)
  return [
    exactly('failed users', counters['vusers.failed'] ?? 0, 0),
    exactly('users that were not finished', (counters['vusers.created'] ?? 0) - finished(counters), 0),
    exactly('answers 5xx', answersBetween(aggregate, 500, 600), 0),
    ...(settings.scenario === 'pure'
      ? [exactly('answers other than 202', answersBetween(aggregate, 0, 600) - promisedOrders(aggregate), 0)]
      : []),
    {
      what: 'users a second, the ramp included',
      measured: readable(rate),
      limit: `≥ ${readable(wanted)}`,
      passed: rate >= wanted,
    },
    {
      what: `thresholds in ${settings.scenario}.yml`,
      measured: keptThresholds ? 'kept' : 'missed',
      limit: 'kept',
      passed: keptThresholds,
    },
  ]
}

const finished = (counters: Record<string, number>): number =>
  (counters['vusers.completed'] ?? 0) + (counters['vusers.failed'] ?? 0)

function checkLatency({ generator, limits, settlement }: RunRecord): Check[] {
  const { 'http.response_time': response, 'vusers.session_length': session } = generator.aggregate.summaries
  return [
    atMost('first byte of an answer, p95', response?.p95, limits.p95Ms, 'ms'),
    atMost('first byte of an answer, p99', response?.p99, limits.p99Ms, 'ms'),
    atMost('whole user, p95', session?.p95, limits.sessionP95Ms, 'ms'),
    atMost('whole user, p99', session?.p99, limits.sessionP99Ms, 'ms'),
    atMost('order settled after, p99', settlement.p99, limits.settledP99Ms, 'ms'),
  ]
}

function checkBooks(run: RunRecord): Check[] {
  const { settlement, audit, productIds } = run
  const sold = audit.reconciliation.products.filter(({ id }) => productIds.includes(id))
  const total = (member: 'gone' | 'sold') => sum(sold.map((product) => product[member]))
  return [
    checkPromises(run),
    exactly('orders not settled', settlement.pending, 0),
    exactly('pieces gone from the stock', total('gone'), total('sold')),
    exactly('violations found by the audit', audit.reconciliation.violations.length, 0),
  ]
}

/** When an answer got lost on its way, its order is kept all the same, and was promised to nobody. */
function checkPromises({ generator: { aggregate }, settlement: { accepted } }: RunRecord): Check {
  const what = 'orders kept of those promised with 202'
  const promised = promisedOrders(aggregate)
  if (!aggregate.counters['vusers.failed']) return exactly(what, accepted, promised)
  return {
    what,
    measured: readable(accepted),
    limit: `≥ ${readable(promised)}`,
    passed: accepted >= promised,
  }
}

/** Where the shop's processes can't be seen, nothing is said of their memory. */
function checkMemory({ samples, settings: { memoryMb } }: RunRecord): Check[] {
  const memories = samples.flatMap(({ programs }) => programs.shop?.memoryMb ?? [])
  return memories.length > 0 ? [atMost('memory of the shop', Math.max(...memories), memoryMb, 'MB')] : []
}
