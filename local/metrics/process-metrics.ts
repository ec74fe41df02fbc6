import { readBacklog } from '@stockroom/messaging/backlog'
import { type Counter, type Description, type Histogram, labelled } from '@stockroom/telemetry/metrics'
import { recorded } from '@stockroom/telemetry/shop-metrics'
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'

/** A metric with its values, as prom-client's `getMetricsAsJSON` gives it: what processes can tell each other. */
export interface MetricJson {
  name: string
  help: string
  type: string
  aggregator: string
  values: { value: number; labels: Record<string, string | number>; metricName?: string }[]
}

export const contentType = Registry.PROMETHEUS_CONTENT_TYPE

const runtime = new Registry()

/** What this process has recorded, and how its Node.js is. The latter is looked after from the first call on. */
export async function processMetrics(): Promise<MetricJson[]> {
  if (runtime.getMetricsAsArray().length === 0) collectDefaultMetrics({ register: runtime })
  const counters = recorded.counters.map((family) =>
    json(family, 'counter', [...family.metrics()].map(counterValue)),
  )
  const histograms = recorded.histograms.map((family) =>
    json(
      family,
      'histogram',
      [...family.metrics()].flatMap((histogram) => histogramValues(family, histogram)),
    ),
  )
  const gauges = recorded.gauges.map((gauge) => json(gauge, 'gauge', [...gauge.latest()], 'max'))
  return [
    ...counters,
    ...histograms,
    ...gauges,
    ...((await runtime.getMetricsAsJSON()) as unknown as MetricJson[]),
  ]
}

/** What waits in outboxes and queues, which is the same for every process. */
export async function backlogMetrics(): Promise<MetricJson[]> {
  const readings = Map.groupBy(await readBacklog(), ({ gauge }) => gauge)
  return [...readings].map(([gauge, its]) =>
    json(
      gauge,
      'gauge',
      its.map(({ value, labels }) => ({ value, labels: labelled(gauge, labels) })),
    ),
  )
}

/** The metrics of all processes as one text, https://prometheus.io/docs/instrumenting/exposition_formats/. */
export const exposition = (processes: MetricJson[][]): Promise<string> =>
  AggregatorRegistry.aggregate(processes).metrics()

const json = (
  { name, help }: Description,
  type: string,
  values: MetricJson['values'],
  aggregator = 'sum',
): MetricJson => ({ name, help, type, aggregator, values })

const counterValue = ({ value, labels }: Counter) => ({ value, labels })

/** Buckets hold what is at most as large as their bound, so each holds those before it, too. */
function histogramValues(
  { name, bounds }: { name: string; bounds: readonly number[] },
  { counts, sum, labels }: Histogram,
): MetricJson['values'] {
  let count = 0
  const buckets = counts.map((size, index) => {
    count += size
    return { value: count, labels: { ...labels, le: bounds[index] ?? '+Inf' }, metricName: `${name}_bucket` }
  })
  return [
    ...buckets,
    { value: sum, labels, metricName: `${name}_sum` },
    { value: count, labels, metricName: `${name}_count` },
  ]
}
