import { log } from '@stockroom/runtime/logger'
import { lastSweep } from '@stockroom/telemetry/shop-metrics'

/** Invokes a function of serverless.yml by its key. */
export type RunFunction = (functionKey: string, event: object) => Promise<unknown>

const pauseMs = 5000
const scheduledFunctions = ['publishPendingEvents', 'reannouncePendingOrders', 'purgeIdempotencyKeys']

/**
 * Does what the schedules do on AWS: invokes the scheduled functions at start and then every 5 s, one run at a time. A
 * failing run is logged and doesn't end it.
 *
 * @param options.brokerIsEmpty whether the broker has lost its messages, as the one in process has at every start
 * @returns a function that ends it, and resolves when the last run is over
 */
export function startScheduler(
  run: RunFunction,
  { brokerIsEmpty }: { brokerIsEmpty: boolean },
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const sweep = async (event: object) => {
    for (const functionKey of scheduledFunctions) {
      await run(functionKey, event).then(
        () => lastSweep.set(Date.now() / 1000, functionKey),
        (error) => log.warn({ err: error }, `${functionKey} failed for now`),
      )
    }
    if (!stopped) timer = setTimeout(begin, pauseMs)
  }
  const begin = () => {
    running = sweep({})
  }

  let running = sweep({ brokerIsEmpty })
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
