import { freezesAfterAnswer } from './invocation.ts'
import { log } from './logger.ts'

/**
 * Tells CloudWatch of a measurement, through a line in the log of the function, whose name is its dimension; elsewhere
 * than on Lambda nobody is told. Never rejects: a measurement that fails is missing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @example
 * await reportSeconds('OutboxAge', () => outboxAgeSeconds('orders'))
 */
export const reportSeconds = (name: string, measure: () => Promise<number>): Promise<void> =>
  report(name, 'Seconds', measure)

/** The same for what is counted. */
export const reportCount = (name: string, measure: () => Promise<number>): Promise<void> =>
  report(name, 'Count', measure)

type Unit = 'Seconds' | 'Count'

async function report(name: string, unit: Unit, measure: () => Promise<number>): Promise<void> {
  if (!freezesAfterAnswer()) return
  try {
    const line = embeddedMetric(name, unit, await measure())
    process.stdout.write(`${JSON.stringify(line)}\n`)
  } catch (error) {
    log.warn({ err: error, metric: name }, 'nothing was measured')
  }
}

function embeddedMetric(name: string, unit: Unit, value: number): object {
  const { AWS_LAMBDA_FUNCTION_NAME: FunctionName } = process.env
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        { Namespace: 'Stockroom', Dimensions: [['FunctionName']], Metrics: [{ Name: name, Unit: unit }] },
      ],
    },
    FunctionName,
    [name]: value,
  }
}
