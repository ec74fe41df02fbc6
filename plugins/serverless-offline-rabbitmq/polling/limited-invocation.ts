import type { RmqEvent } from '../event/rmq-event.ts'
import type { Log } from '../log.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import type { FunctionRunner } from './function-runner.ts'

type Setting = {
  runner: FunctionRunner
  /** Whether functions have their timeout. */
  isTimed: boolean
  log: Log
}

/** Makes the step from a batch to its function, which may take as long as the function's `timeout`. */
export function limitedInvocation({ runner, isTimed, log }: Setting) {
  return (mapping: EventSourceMapping, event: RmqEvent, stopping: AbortSignal): Promise<unknown> => {
    const { functionKey, timeoutSeconds } = mapping
    if (!isTimed) return runner.run(functionKey, event)
    const limit = {
      seconds: timeoutSeconds,
      signal: stopping,
      onLate: () =>
        log.warning(
          `(λ: ${functionKey}) runs in this process, where nothing can end it after ${timeoutSeconds} s: its queue waits until it ends by itself`,
        ),
    }
    return runner.runWithin(limit, functionKey, event)
  }
}
