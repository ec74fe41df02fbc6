/** What a metric is, for whoever reads it. */
export interface Description {
  /** In Prometheus; counters end in `_total`, others in their unit. */
  name: string
  /** In CloudWatch. */
  cloudWatchName: string
  help: string
  unit: 'count' | 'seconds'
  /** What tells its values apart. Every label has few values, whatever clients send. */
  labels: readonly string[]
}

type Labels = Readonly<Record<string, string>>

/** Gets every value as it is recorded. */
export type Sink = (description: Description, labels: Labels, value: number) => void

let sink: Sink | undefined

/** Hands every value that is recorded from now on to `next`, too. */
export function useSink(next: Sink | undefined): void {
  sink = next
}

/** Counts up, from the start of the process. */
export class Counter {
  readonly #description: Description
  readonly labels: Labels
  value = 0

  constructor(description: Description, labels: Labels) {
    this.#description = description
    this.labels = labels
  }

  add(amount = 1): void {
    this.value += amount
    if (sink) sink(this.#description, this.labels, amount)
  }
}

/** Counts values by size. */
export class Histogram {
  readonly #description: Description
  readonly #bounds: readonly number[]
  readonly labels: Labels
  /** How many values were at most as large as each bound and larger than the one before; the last has no bound. */
  readonly counts: number[]
  sum = 0

  constructor(description: Description, labels: Labels, bounds: readonly number[]) {
    this.#description = description
    this.#bounds = bounds
    this.labels = labels
    this.counts = Array(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1
    ;(this.counts[bucket] as number) += 1
    this.sum += value
    if (sink) sink(this.#description, this.labels, value)
  }
}

/** The values of one metric, one for each combination of its labels that has occurred. */
export interface Family<Metric> extends Description {
  /** The value of these labels, in the order of the description; keep it where it is used often. */
  of(...labelValues: string[]): Metric
  metrics(): Iterable<Metric>
}

/** A counter with its labels. */
export const counters = (description: Description): Family<Counter> =>
  family(description, (labels) => new Counter(description, labels))

/** A histogram with its labels; `bounds` rise. */
export const histograms = (
  description: Description,
  bounds: readonly number[],
): Family<Histogram> & { bounds: readonly number[] } => ({
  ...family(description, (labels) => new Histogram(description, labels, bounds)),
  bounds,
})

/** A value that rises and falls. */
export interface Gauge extends Description {
  /** Keeps the value, and tells the sink of it. */
  set(value: number, ...labelValues: string[]): void
  /** What was set last, for each combination of its labels. */
  latest(): Iterable<{ labels: Labels; value: number }>
}

/** A gauge with its labels. */
export function gauges(description: Description): Gauge {
  const latest = new Map<string, { labels: Labels; value: number }>()
  return {
    ...description,
    set(value, ...labelValues) {
      const labels = labelled(description, labelValues)
      latest.set(labelValues.join(), { labels, value })
      sink?.(description, labels, value)
    },
    latest: () => latest.values(),
  }
}

function family<Metric>(description: Description, create: (labels: Labels) => Metric): Family<Metric> {
  const found = new Map<string, Metric>()
  return {
    ...description,
    of(...labelValues) {
      const key = labelValues.join()
      const present = found.get(key)
      if (present) return present
      const metric = create(labelled(description, labelValues))
      found.set(key, metric)
      return metric
    },
    metrics: () => found.values(),
  }
}

/** Label values by the names of their labels. */
export const labelled = ({ labels }: Description, values: readonly string[]): Labels =>
  Object.fromEntries(labels.map((label, index) => [label, values[index] as string]))
