/** Pauses double from `firstMs` up to `longestMs`. */
export type Pauses = { firstMs: number; longestMs: number }

export class DoublingPause {
  readonly #pauses: Pauses
  #failures = 0

  constructor(pauses: Pauses) {
    this.#pauses = pauses
  }

  nextMs(): number {
    const ms = this.#pauses.firstMs * 2 ** this.#failures
    this.#failures += 1
    return Math.min(ms, this.#pauses.longestMs)
  }

  reset(): void {
    this.#failures = 0
  }
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}

/** Resolves when `work` settles, whatever the outcome, or after `ms`. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController()
  const settled = work.then(
    () => done.abort(),
    () => done.abort(),
  )
  await Promise.race([settled, pause(ms, done.signal)])
}

type Retrying = {
  pauses: Pauses
  /** Ends the attempts, also one that is under way. */
  signal: AbortSignal
  onFailure(error: unknown): void
  /** An error that no further attempt can mend is thrown at once. */
  isHopeless?(error: unknown): boolean
}

/** Attempts until one succeeds, with growing pauses. Throws the last error once `signal` aborts. */
export async function retry<T>(attempt: () => Promise<T>, retrying: Retrying): Promise<T> {
  const { signal, onFailure, isHopeless } = retrying
  const pauses = new DoublingPause(retrying.pauses)
  let lastError: unknown = new Error('no answer in time')
  while (!signal.aborted) {
    try {
      return await unlessAborted(attempt(), signal)
    } catch (error) {
      if (signal.aborted) break
      if (isHopeless?.(error)) throw error
      lastError = error
      onFailure(error)
      await pause(pauses.nextMs(), signal)
    }
  }
  throw lastError
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
