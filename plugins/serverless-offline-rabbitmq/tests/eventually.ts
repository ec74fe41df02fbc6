/** Resolves to the first truthy value of `attempt`. Throws when there is none within the limit. */
export async function eventually<Value>(
  attempt: () => Value | Promise<Value>,
  limitMs = 10_000,
): Promise<Exclude<Value, false | null | undefined>> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const value = await attempt()
    if (value) return value as Exclude<Value, false | null | undefined>
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${attempt}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
