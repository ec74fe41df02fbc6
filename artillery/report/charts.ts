import { readable } from '../judging/check.ts'
import { elsewherePercent } from '../judging/warnings.ts'
import type { RunRecord } from '../run-record.ts'
import { programs } from '../sampling/process-groups.ts'
import type { Sample } from '../sampling/sampler.ts'
import { alignedChart, type Chart, type Curve, type Dot } from './series.ts'

/** Every chart of the report, in its order. */
export function chartsOf(run: RunRecord): Chart[] {
  return [
    rateChart(run),
    latencyChart(run),
    settleChart(run),
    backlogChart(run),
    cpuChart(run),
    memoryChart(run),
  ]
}

function rateChart(run: RunRecord): Chart {
  const users = periods(run).map(({ at, metrics }) => {
    const seconds = (metrics.lastMetricAt - metrics.firstMetricAt) / 1000
    return { at, value: seconds < 1 ? null : (metrics.counters['vusers.created'] ?? 0) / seconds }
  })
  return alignedChart('Rate', 'a second', [
    { label: 'orders accepted', color: 'green', dots: acceptedBySecond(run) },
    { label: 'users, 10 s mean', color: 'blue', dots: users },
    limitCurve('asked for', run, run.settings.rate),
  ])
}

function latencyChart(run: RunRecord): Chart {
  const { sessionP95Ms, sessionP99Ms } = run.limits
  const percentile = (name: 'p50' | 'p95' | 'p99') =>
    periods(run).map(({ at, metrics }) => ({
      at,
      value: metrics.summaries['vusers.session_length']?.[name] ?? null,
    }))
  return alignedChart('Latency of the whole user', 'ms, by 10 s', [
    { label: 'p50', color: 'low', dots: percentile('p50') },
    { label: 'p95', color: 'middle', dots: percentile('p95') },
    { label: 'p99', color: 'high', dots: percentile('p99') },
    limitCurve(`p95 target, ${readable(sessionP95Ms)} ms`, run, sessionP95Ms, 'middle'),
    limitCurve(`p99 target, ${readable(sessionP99Ms)} ms`, run, sessionP99Ms, 'high'),
  ])
}

function settleChart(run: RunRecord): Chart {
  const { settledP99Ms } = run.limits
  const percentile = (name: 'p50' | 'p95' | 'p99') =>
    run.settlement.perSecond.map((row) => ({ at: since(run, row.second * 1000), value: row[name] }))
  return alignedChart('From accepted to settled', 'ms', [
    { label: 'p50', color: 'low', dots: percentile('p50') },
    { label: 'p95', color: 'middle', dots: percentile('p95') },
    { label: 'p99', color: 'high', dots: percentile('p99') },
    limitCurve(`p99 target, ${readable(settledP99Ms)} ms`, run, settledP99Ms, 'high'),
  ])
}

function backlogChart(run: RunRecord): Chart {
  const queues = [...new Set(run.samples.flatMap(({ queues }) => Object.keys(queues ?? {})))]
  const colors = ['violet', 'orange']
  return alignedChart('What waits', 'orders, messages', [
    { label: 'pending orders', color: 'green', dots: sampled(run, ({ pending }) => pending) },
    { label: 'outbox', color: 'blue', dots: sampled(run, ({ outbox }) => outbox) },
    ...queues.map((queue, index) => ({
      label: queue,
      color: colors[index % colors.length] as string,
      dots: sampled(run, ({ queues }) => queues?.[queue] ?? null),
    })),
  ])
}

const programColors = {
  shop: 'green',
  generator: 'pink',
  PostgreSQL: 'blue',
  Redis: 'orange',
  RabbitMQ: 'violet',
}

function cpuChart(run: RunRecord): Chart {
  return alignedChart('CPU', '% of one core', [
    ...measuredPrograms(run).map((program) => ({
      label: program,
      color: programColors[program],
      dots: sampled(run, (sample) => sample.programs[program]?.cpuPercent ?? null),
    })),
    {
      label: 'everything else',
      color: 'grey',
      dots: sampled(run, (sample) => elsewherePercent(run.cores, sample)),
    },
  ])
}

function memoryChart(run: RunRecord): Chart {
  return alignedChart('Memory', 'MB', [
    ...measuredPrograms(run).map((program) => ({
      label: program,
      color: programColors[program],
      dots: sampled(run, (sample) => sample.programs[program]?.memoryMb ?? null),
    })),
    limitCurve("the shop's limit", run, run.settings.memoryMb),
  ])
}

const measuredPrograms = ({ samples }: RunRecord) =>
  programs.filter((program) => samples.some((sample) => sample.programs[program]))

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

const since = ({ startedAt }: RunRecord, at: number): number =>
  Math.round(at / 1000) - Math.round(startedAt / 1000)

const sampled = (run: RunRecord, read: (sample: Sample) => number | null): Dot[] =>
  run.samples
    .map((sample) => ({ at: since(run, sample.at), value: read(sample) }))
    .filter(({ at }) => at >= 0)

const periods = (run: RunRecord) =>
  run.generator.intermediate.map((metrics) => ({
    at: since(run, (metrics.firstMetricAt + metrics.lastMetricAt) / 2),
    metrics,
  }))

/** A dashed line at `value`, in the colour of the curve that is held to it where there is more than one. */
function limitCurve(label: string, run: RunRecord, value: number, color = 'limit'): Curve {
  const end = since(run, run.loadEndedAt)
  return { label, color, dashed: true, dots: [0, end].map((at) => ({ at, value })) }
}
