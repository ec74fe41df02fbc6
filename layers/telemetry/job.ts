import middy from '@middy/core'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import type { Context } from 'aws-lambda'
import { observeInvocation } from './observe-invocation.ts'

/**
 * The one Middy chain of functions that neither answer requests nor consume a queue: those with a schedule, the one that
 * the gateway asks, and those that are invoked by name. Their log lines name the invocation, and each run begins a trace.
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
  return (event: Event, context: Context): Promise<Result> => {
    const { functionName, awsRequestId: requestId } = context
    const span = { name: functionName ?? 'job', kind: 'internal' as const }
    return observeInvocation({ functionName, requestId, span }, () => chain(event, context))
  }
}
