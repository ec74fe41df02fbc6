import middy from '@middy/core'
import { runInvocation } from '@stockroom/runtime/invocation'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import { newTraceparent } from '@stockroom/runtime/trace-context'
import type { Context } from 'aws-lambda'
import { flushBeforeFreeze } from './before-freeze.ts'
import { tracing } from './tracing.ts'

/**
 * The one Middy chain of functions that neither answer requests nor consume a queue: those with a schedule, and those
 * that are invoked by name. Their log lines name the invocation, and each run begins a trace.
 *
 * @param middleware what stands before everything else that the chain does
 *
 * @example
 * export const handler = job(async () => ({ purged: await purgeKeys() }))
 */
export function job<Event = unknown, Result = unknown>(
  handle: (event: Event) => Promise<Result>,
  ...middleware: middy.MiddlewareObj[]
) {
  const chain = middy<Event, Result>()
    .use(middleware as middy.MiddlewareObj<Event, Result>[])
    .use(thaw())
    .use(secrets())
    .handler(handle)
  return async (event: Event, context: Context): Promise<Result> => {
    const { functionName, awsRequestId: requestId } = context
    const span = tracing?.startSpan(functionName ?? 'job', { kind: 'internal' })
    const traceparent = span?.traceparent ?? newTraceparent()
    try {
      const result = await runInvocation({ functionName, requestId, traceparent }, () =>
        chain(event, context),
      )
      span?.end()
      return result
    } catch (error) {
      span?.end({ error })
      throw error
    } finally {
      await flushBeforeFreeze?.()
    }
  }
}
