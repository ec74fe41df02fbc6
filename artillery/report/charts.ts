import { programs } from '../../bench/processes/process-groups.ts'
import type { Metrics } from '../generator-report.ts'
import { readable } from '../judging/check.ts'
import { elsewherePercent } from '../judging/warnings.ts'
import type { RunRecord } from '../run.ts'
import type { Usage } from '../sampling/process-sampler.ts'
import type { Sample } from '../sampling/sampler.ts'
import { alignedChart, type Chart, type Curve, type Dot } from './series.ts'

const programColors = {
  shop: 'green',
  generator: 'pink',
  PostgreSQL: 'blue',
  Redis: 'orange',
  RabbitMQ: 'violet',
}
const queueColors = ['violet', 'orange', 'pink']
const percentiles = { p50: 'low', p95: 'middle', p99: 'high' } as const
type Percentile = keyof typeof percentiles

/** Every chart of the report, in its order. */
export function chartsOf(run: RunRecord): Chart[] {
  const { limits, settings } = run
  const { sessionP95Ms, sessionP99Ms, settledP99Ms } = limits
  const rest = sampled(run, (sample) => elsewherePercent(run.cores, sample))
  return [
    alignedChart('Rate', 'a second', [
      { label: 'orders accepted', color: 'green', dots: acceptedBySecond(run) },
      { label: 'users, 10 s mean', color: 'blue', dots: periods(run, usersPerSecond) },
      limitCurve('asked for', run, settings.rate),
    ]),
    alignedChart('Latency of the whole user', 'ms, by 10 s', [
      ...percentileCurves((name) =>
        periods(run, ({ summaries }) => summaries['vusers.session_length']?.[name] ?? null),
      ),
      limitCurve(`p95 target, ${readable(sessionP95Ms)} ms`, run, sessionP95Ms, 'middle'),
      limitCurve(`p99 target, ${readable(sessionP99Ms)} ms`, run, sessionP99Ms, 'high'),
    ]),
    alignedChart('From accepted to settled', 'ms', [
      ...percentileCurves((name) =>
        run.settlement.perSecond.map((row) => ({ at: since(run, row.second * 1000), value: row[name] })),
      ),
      limitCurve(`p99 target, ${readable(settledP99Ms)} ms`, run, settledP99Ms, 'high'),
    ]),
    alignedChart('What waits', 'orders, messages', [
      { label: 'pending orders', color: 'green', dots: sampled(run, ({ pending }) => pending) },
      { label: 'outbox', color: 'blue', dots: sampled(run, ({ outbox }) => outbox) },
      ...queueCurves(run),
    ]),
    alignedChart('CPU', '% of one core', [
      ...programCurves(run, ({ cpuPercent }) => cpuPercent),
      { label: 'everything else', color: 'grey', dots: rest },
    ]),
    alignedChart('Memory', 'MB', [
      ...programCurves(run, ({ memoryMb }) => memoryMb),
      limitCurve("the shop's limit", run, settings.memoryMb),
    ]),
  ]
}

const percentileCurves = (read: (name: Percentile) => Dot[]): Curve[] =>
  Object.entries(percentiles).map(([label, color]) => ({ label, color, dots: read(label as Percentile) }))

const queueCurves = (run: RunRecord): Curve[] =>
  [...new Set(run.samples.flatMap(({ queues }) => Object.keys(queues ?? {})))].map((queue, index) => ({
    label: queue,
    color: queueColors[index % queueColors.length] as string,
    dots: sampled(run, ({ queues }) => queues?.[queue] ?? null),
  }))

const programCurves = (run: RunRecord, read: (usage: Usage) => number): Curve[] =>
  programs
    .filter((program) => run.samples.some((sample) => sample.programs[program]))
    .map((program) => ({
      label: program,
      color: programColors[program],
      dots: sampled(run, ({ programs: { [program]: usage } }) => (usage ? read(usage) : null)),
    }))

/** A second in which nobody ordered has no row in the database, and is a zero here. */
function acceptedBySecond(run: RunRecord): Dot[] {
  const rows = new Map(run.settlement.perSecond.map(({ second, accepted }) => [second, accepted]))
  const first = Math.floor(run.startedAt / 1000)
  const seconds = Math.floor(run.loadEndedAt / 1000) - first
  return Array.from({ length: Math.max(0, seconds) }, (_, index) => ({
    at: since(run, (first + index) * 1000),
    value: rows.get(first + index) ?? 0,
  }))
}

function usersPerSecond({ counters, firstMetricAt, lastMetricAt }: Metrics): number | null {
  const seconds = (lastMetricAt - firstMetricAt) / 1000
  return seconds < 1 ? null : (counters['vusers.created'] ?? 0) / seconds
}

const since = ({ startedAt }: RunRecord, at: number): number =>
  Math.round(at / 1000) - Math.round(startedAt / 1000)

const sampled = (run: RunRecord, read: (sample: Sample) => number | null): Dot[] =>
  run.samples
    .map((sample) => ({ at: since(run, sample.at), value: read(sample) }))
    .filter(({ at }) => at >= 0)

/** What artillery measured, in the middle of each period of ten seconds. */
const periods = (run: RunRecord, read: (metrics: Metrics) => number | null): Dot[] =>
  run.generator.intermediate.map((metrics) => ({
    at: since(run, (metrics.firstMetricAt + metrics.lastMetricAt) / 2),
    value: read(metrics),
  }))

/** A dashed line at `value`, in the colour of the curve that is held to it where there is more than one. */
function limitCurve(label: string, run: RunRecord, value: number, color = 'limit'): Curve {
  const end = since(run, run.loadEndedAt)
  return { label, color, dashed: true, dots: [0, end].map((at) => ({ at, value })) }
}
