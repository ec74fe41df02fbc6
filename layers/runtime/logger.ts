import { pino } from 'pino'
import { currentInvocation } from './invocation.ts'
import { terminal } from './log-terminal.ts'
import { errorFields } from './logged-error.ts'
import { traceIdOf } from './trace-context.ts'

/**
 * The log of every function, on standard output: one JSON object a line, or lines to read where that is a terminal.
 * Each line names the function, the request, the trace and, where it is known, the order. LOG_LEVEL sets the level
 * (default `info`).
 */
export const log = pino(
  {
    level: process.env.LOG_LEVEL || 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    serializers: { err: errorFields },
    mixin: invocationFields,
  },
  terminal(),
)

function invocationFields(): object {
  const invocation = currentInvocation()
  if (!invocation) return {}
  const { functionName, requestId, traceparent, orderId } = invocation
  return { function: functionName, requestId, traceId: traceparent && traceIdOf(traceparent), orderId }
}
