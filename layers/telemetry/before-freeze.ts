import { processPolicy } from '@stockroom/runtime/process-policy'
import { useSink } from './metrics.ts'
import { tracing } from './tracing.ts'

/**
 * Sends what an invocation has recorded, before the process stands still: the metrics into the log, the spans to their
 * collector. Undefined where processes go on after an answer.
 */
export const flushBeforeFreeze: (() => Promise<void>) | undefined = processPolicy().flushesAfterAnswer
  ? await prepareFlush()
  : undefined

async function prepareFlush(): Promise<() => Promise<void>> {
  const { EmbeddedMetrics } = await import('./embedded-metrics.ts')
  const metrics = new EmbeddedMetrics()
  useSink(metrics.record)
  return async () => {
    metrics.write()
    await tracing?.flush()
  }
}
