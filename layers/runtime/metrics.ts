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
export async function reportSeconds(name: string, measure: () => Promise<number>): Promise<void> {
  if (!freezesAfterAnswer()) return
  try {
    const line = embeddedMetric(name, await measure())
    process.stdout.write(`${JSON.stringify(line)}\n`)
  } catch (error) {
    log.warn({ err: error, metric: name }, 'nothing was measured')
  }
}

function embeddedMetric(name: string, seconds: number): object {
  const { AWS_LAMBDA_FUNCTION_NAME: FunctionName } = process.env
  const Metrics = [{ Name: name, Unit: 'Seconds' }]
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: 'Stockroom', Dimensions: [['FunctionName']], Metrics }],
    },
    FunctionName,
    [name]: seconds,
  }
}
