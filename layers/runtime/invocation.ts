import { AsyncLocalStorage } from 'node:async_hooks'

/** What is known of the invocation that the running code works for. */
export interface Invocation {
  /** The client's X-Request-Id or one made for it; every log line carries it. */
  requestId: string
}

const storage = new AsyncLocalStorage<Invocation>()

/** Runs `work` so that {@link currentInvocation} and every log line within know the invocation. */
export function runInvocation<Result>(invocation: Invocation, work: () => Result): Result {
  return storage.run(invocation, work)
}

/** The invocation that the calling code runs for, if it runs for one. */
export function currentInvocation(): Invocation | undefined {
  return storage.getStore()
}
