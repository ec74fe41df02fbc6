import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Description, Sink } from './metrics.ts'

/** The values of one set of labels: they share a line, and its dimensions. */
interface Pending {
  labels: Record<string, string>
  values: { description: Description; value: number }[]
}

const units = { count: MetricUnit.Count, seconds: MetricUnit.Seconds }

/**
 * Metrics as log lines that CloudWatch reads:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * The namespace is that of POWERTOOLS_METRICS_NAMESPACE.
 */
export class EmbeddedMetrics {
  readonly #pending = new Map<string, Pending>()

  /** Keeps a value for the next {@link write}. */
  readonly record: Sink = (description, labels, value) => {
    const key = JSON.stringify(labels)
    const pending = this.#pending.get(key) ?? { labels, values: [] }
    pending.values.push({ description, value })
    this.#pending.set(key, pending)
  }

  /** Writes what was recorded since the last time. */
  write(): void {
    for (const { labels, values } of this.#pending.values()) {
      const metrics = new Metrics({ serviceName: 'stockroom' })
      metrics.addDimensions(labels)
      for (const { description, value } of values) {
        metrics.addMetric(description.cloudWatchName, units[description.unit], value)
      }
      metrics.publishStoredMetrics()
    }
    this.#pending.clear()
  }
}
