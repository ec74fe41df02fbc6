import { setTimeout as pause } from 'node:timers/promises'

/**
 * Resolves to the first truthy value of `attempt`, which is tried again and again.
 * @throws Error with the last outcome when `limitMs` is over
 */
export async function eventually<Value>(
  attempt: () => Value | Promise<Value>,
  limitMs = 30_000,
): Promise<NonNullable<Value>> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const value = await attempt()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${attempt}`)
    await pause(20)
  }
}
