import { mean, sum } from '../../bench/figures/statistics.ts'

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
  const height = mean(points.map(({ value }) => value))
  const middle = mean(times)
  const covariance = sum(points.map(({ at, value }) => (at - middle) * (value - height)))
  const variance = sum(times.map((at) => (at - middle) ** 2))
  return { mean: height, rise: (covariance / variance) * span }
}
