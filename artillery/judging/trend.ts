export interface Point {
  /** Seconds. */
  at: number
  value: number
}

/** A line laid through points by least squares. */
export interface Trend {
  mean: number
  /** By how much the line rises from the first point to the last one; negative when it falls. */
  rise: number
}

/** The trend of at least two points at different times, else undefined. */
export function trendOf(points: readonly Point[]): Trend | undefined {
  const times = points.map(({ at }) => at)
  const span = Math.max(...times) - Math.min(...times)
  if (!(span > 0)) return undefined
  const mean = average(points.map(({ value }) => value))
  const middle = average(times)
  const covariance = points.reduce((sum, { at, value }) => sum + (at - middle) * (value - mean), 0)
  const variance = times.reduce((sum, at) => sum + (at - middle) ** 2, 0)
  return { mean, rise: (covariance / variance) * span }
}

const average = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
