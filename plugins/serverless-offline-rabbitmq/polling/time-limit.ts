/** How long one run of a function may take, and what happens when it takes longer. */
export type TimeLimit = {
  seconds: number
  /** Ends the wait for a late run that can't be ended, because nobody needs its end any more. */
  signal: AbortSignal
  /** Called when the time is up and the run can't be ended. */
  onLate(): void
}

/**
 * Settles as `run` does, unless that takes longer than the limit. Then it rejects with the line that Lambda logs: once
 * `terminate` has ended the run or, without `terminate`, once the run has ended by itself. So nothing of a rejected run
 * goes on beside the next one.
 */
export async function withinTime<T>(
  run: Promise<T>,
  { seconds, signal, onLate }: TimeLimit,
  terminate?: () => Promise<unknown>,
): Promise<T> {
  const clock = startClock(seconds * 1000)
  const settled = run.then(
    () => true,
    () => true,
  )
  const isInTime = await Promise.race([settled, clock.timeUp])
  clock.stop()
  if (isInTime) return run
  if (terminate) await terminate()
  else await lateEnd(settled, signal, onLate)
  throw new Error(`Task timed out after ${seconds.toFixed(2)} seconds`)
}

function startClock(ms: number): { timeUp: Promise<false>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, ms, false)
  return { timeUp: promise, stop: () => clearTimeout(timer) }
}

async function lateEnd(settled: Promise<unknown>, signal: AbortSignal, onLate: () => void): Promise<void> {
  onLate()
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  await Promise.race([settled, aborted])
}
