/** What `work` comes to, and how many milliseconds that takes. */
export async function timed<Value>(work: () => Promise<Value>): Promise<{ outcome: Value; ms: number }> {
  const begin = performance.now()
  const outcome = await work()
  return { outcome, ms: performance.now() - begin }
}
