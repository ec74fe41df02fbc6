import { workUnderWay } from '@stockroom/runtime/before-freeze'
import { type Invocation, runInvocation } from '@stockroom/runtime/invocation'
import { newTraceparent } from '@stockroom/runtime/trace-context'
import { flushBeforeFreeze } from './before-freeze.ts'
import type { SpanOutcome, SpanStart } from './span.ts'
import { tracing } from './tracing.ts'

/** An invocation that begins. */
interface Begin<Result> {
  functionName: string | undefined
  requestId: string
  /** Where it belongs in a trace; without one a trace begins. */
  parent?: string
  /** The span of the whole invocation, where it has one. */
  span?: Omit<SpanStart, 'parent'> & {
    name: string
    /** What its end tells of a result. */
    outcomeOf?(result: Result, invocation: Invocation): SpanOutcome
  }
}

/**
 * Runs `work` as one invocation of a function, whatever invoked it: log lines and spans within know it, and what it has
 * begun or recorded is done and sent before the process may stand still.
 */
export async function observeInvocation<Result>(
  { functionName, requestId, parent, span: start }: Begin<Result>,
  work: () => Promise<Result>,
): Promise<Result> {
  const span = start && tracing?.startSpan(start.name, { ...start, parent })
  const traceparent = span?.traceparent ?? parent ?? newTraceparent()
  const invocation: Invocation = { functionName, requestId, traceparent }
  try {
    const result = await runInvocation(invocation, work)
    span?.end(start?.outcomeOf?.(result, invocation))
    return result
  } catch (error) {
    span?.end({ error })
    throw error
  } finally {
    const work = workUnderWay()
    if (work) await work
    if (flushBeforeFreeze) await flushBeforeFreeze()
  }
}
