/** Thrown by {@link within} when the time is up. */
export class DeadlineExceeded extends Error {
  override name = 'DeadlineExceeded'
}

/**
 * The value of `work`, when it comes within `limitMs` milliseconds. The work itself isn't stopped; what it does
 * later is no longer waited for, and a late failure is not reported as unhandled.
 * @throws DeadlineExceeded after `limitMs`, and whatever `work` throws before
 */
export function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineExceeded(`No answer within ${limitMs} ms`)), limitMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
