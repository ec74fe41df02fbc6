import type { BatchTime } from './batches.ts'

/**
 * The straight line through measured times that is nearest to them in proportion: each weighs by its inverse square,
 * so that small batches count as much as large ones.
 *
 * @param points pairs of a batch's size and its milliseconds
 */
export function fitted(points: readonly (readonly [number, number])[]): BatchTime {
  let [weights, sizes, times, squares, products] = [0, 0, 0, 0, 0]
  for (const [size, ms] of points) {
    const weight = 1 / ms ** 2
    weights += weight
    sizes += weight * size
    times += weight * ms
    squares += weight * size * size
    products += weight * size * ms
  }
  const perOrderMs = (weights * products - sizes * times) / (weights * squares - sizes ** 2)
  return { fixedMs: (times - perOrderMs * sizes) / weights, perOrderMs }
}
