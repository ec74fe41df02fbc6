import type { RunRecord } from '../run.ts'
import { type Check, readable } from './check.ts'
import { type Point, trendOf } from './trend.ts'

/** Until then caches fill, connections open and code is compiled. */
const warmUpSeconds = 120

/**
 * What a soak has to reach beside a load's targets: after the first two minutes the line laid through each series by
 * least squares rises by no more than a share of the series' mean, or by an amount too small to matter.
 */
const bounds = {
  memory: { share: 0.1, atLeast: 10, unit: 'MB' },
  latency: { share: 0.25, atLeast: 2, unit: 'ms' },
  settling: { share: 0.25, atLeast: 10, unit: 'ms' },
} as const

export function soakChecks(run: RunRecord): Check[] {
  return [
    flat('rise of the memory of the shop', memoryOf(run), run, bounds.memory),
    flat('rise of the p95 of the whole user', latencyOf(run), run, bounds.latency),
    flat('rise of the p95 of settling', settlingOf(run), run, bounds.settling),
  ]
}

function flat(
  what: string,
  points: Point[],
  { startedAt, loadEndedAt }: RunRecord,
  { share, atLeast, unit }: { share: number; atLeast: number; unit: string },
): Check {
  const from = startedAt / 1000 + warmUpSeconds
  const trend = trendOf(points.filter(({ at }) => at >= from && at <= loadEndedAt / 1000))
  if (!trend)
    return { what, measured: 'too short a run', limit: `more than ${warmUpSeconds} s`, passed: false }
  const limit = Math.max(atLeast, share * trend.mean)
  return {
    what,
    measured: `${readable(trend.rise)} ${unit} on ${readable(trend.mean)}`,
    limit: `≤ ${readable(limit)} ${unit}`,
    passed: trend.rise <= limit,
  }
}

const memoryOf = ({ samples }: RunRecord): Point[] =>
  samples.flatMap(({ at, programs: { shop } }) => (shop ? [{ at: at / 1000, value: shop.memoryMb }] : []))

const latencyOf = ({ generator }: RunRecord): Point[] =>
  generator.intermediate.flatMap(({ firstMetricAt, lastMetricAt, summaries }) => {
    const session = summaries['vusers.session_length']
    return session ? [{ at: (firstMetricAt + lastMetricAt) / 2000, value: session.p95 }] : []
  })

const settlingOf = ({ settlement }: RunRecord): Point[] =>
  settlement.perSecond.flatMap(({ second, p95 }) => (p95 === null ? [] : [{ at: second, value: p95 }]))
