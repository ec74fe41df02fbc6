import { AsyncLocalStorage } from 'node:async_hooks'
import { runUntil } from './commit-deadline.ts'

/** What is known of the invocation that the running code works for. */
export interface Invocation {
  /** The client's X-Request-Id or one made for it; every log line carries it. */
  requestId: string
  /** The function that runs. */
  functionName?: string
  /** The place in a trace that what follows from the invocation belongs under. */
  traceparent?: string
  /** The order that the invocation is about, once that is known. */
  orderId?: number
}

/** The characters of a request id: it goes into headers, logs, events and rows. */
export const requestIdPattern = /^[A-Za-z0-9._:-]+$/
export const longestRequestId = 128

/** Whether a request id from outside can be taken over. */
export const isRequestId = (id: string | null | undefined): id is string =>
  !!id && id.length <= longestRequestId && requestIdPattern.test(id)

const storage = new AsyncLocalStorage<Invocation>()

/**
 * Runs `work` so that {@link currentInvocation} and every log line within know the invocation. It begins without a
 * deadline: with the broker in process a consumer may be called from within the request that it follows from.
 */
export function runInvocation<Result>(invocation: Invocation, work: () => Result): Result {
  return storage.run(invocation, () => runUntil(undefined, work))
}

/** The invocation that the calling code runs for, if it runs for one. */
export function currentInvocation(): Invocation | undefined {
  return storage.getStore()
}

/** Lets every later log line of the invocation name the order that it is about. */
export function noteOrder(orderId: number): void {
  const invocation = storage.getStore()
  if (invocation) invocation.orderId = orderId
}
