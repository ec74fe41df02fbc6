import { expect, it } from '@jest/globals'
import { fitted } from './fit.ts'

it('finds the line that the points lie on', () => {
  const { fixedMs, perOrderMs } = fitted([1, 10, 500].map((size) => [size, 1.5 + 0.02 * size]))

  expect(fixedMs).toBeCloseTo(1.5)
  expect(perOrderMs).toBeCloseTo(0.02)
})

it('lets a small batch count as much as a large one', () => {
  const { fixedMs } = fitted([
    [1, 1.1],
    [2, 1.1],
    [400, 9],
    [500, 13],
  ])

  expect(fixedMs).toBeGreaterThan(1)
  expect(fixedMs).toBeLessThan(1.2)
})
