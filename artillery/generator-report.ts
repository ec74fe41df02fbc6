import { sum } from '../bench/figures/statistics.ts'

/** What artillery counted in a period or in the whole run; times in milliseconds. */
export interface Metrics {
  counters: Record<string, number>
  summaries: Record<string, Summary>
  firstMetricAt: number
  lastMetricAt: number
}

export interface Summary {
  count: number
  min: number
  max: number
  mean: number
  p50: number
  p95: number
  p99: number
}

/** The JSON that artillery writes at its end; `intermediate` has one entry for every ten seconds by the clock. */
export interface GeneratorReport {
  aggregate: Metrics
  intermediate: Metrics[]
}

/** How many answers had a status from `from` up to, but not including, `to`. */
export function answersBetween({ counters }: Metrics, from: number, to: number): number {
  const codes = Object.entries(counters).map(
    ([name, count]) => [Number(name.match(/^http\.codes\.(\d+)$/)?.[1]), count] as const,
  )
  return sum(codes.filter(([status]) => status >= from && status < to).map(([, count]) => count))
}

/**
 * Orders that were promised with a 202, at least: a retry with an Idempotency-Key gets a second one for the same order.
 * Exact when no user failed.
 */
export function promisedOrders(metrics: Metrics): number {
  const retries = metrics.counters['vusers.created_by_name.order again'] ?? 0
  return answersBetween(metrics, 202, 203) - retries
}

/** New users a second between the first and the last thing measured. */
export function arrivalRateOf({ counters, firstMetricAt, lastMetricAt }: Metrics): number {
  return ((counters['vusers.created'] ?? 0) * 1000) / Math.max(1, lastMetricAt - firstMetricAt)
}
