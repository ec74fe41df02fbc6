/**
 * The value below which a share of the values lies, by nearest rank; `share` is 0.5 for the median of many.
 * @throws Error when there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('there is nothing to take a percentile of')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
}

/**
 * The middle value, or the mean of the two in the middle.
 * @throws Error when there are no values
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is nothing to take a median of')
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2
}

/** All of them together. */
export const sum = (values: Iterable<number>): number =>
  [...values].reduce((total, value) => total + value, 0)

/** Their sum by their number; 0 for none. */
export const mean = (values: readonly number[]): number => sum(values) / Math.max(1, values.length)

/** `values` with its first `count` moved to the end, so that rounds begin with another one each. */
export function rotated<Value>(values: readonly Value[], count: number): Value[] {
  const first = count % values.length
  return [...values.slice(first), ...values.slice(0, first)]
}

/** `values` in random order. */
export function shuffled<Value>(values: readonly Value[], random: () => number = Math.random): Value[] {
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ value }) => value)
}
