import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { trendOf } from './trend.ts'

const pointsOf = (values: number[]) => values.map((value, at) => ({ at, value }))

describe('a trend', () => {
  it('is the mean and the rise of a straight line', () => {
    expect(trendOf(pointsOf([10, 12, 14, 16]))).toEqual({ mean: 13, rise: 6 })
  })

  it('falls with a negative rise', () => {
    expect(trendOf(pointsOf([5, 4, 3]))).toEqual({ mean: 4, rise: -2 })
  })

  it('is not moved by one peak in the middle', () => {
    expect(trendOf(pointsOf([1, 1, 100, 1, 1]))?.rise).toBeCloseTo(0)
  })

  it('needs two moments', () => {
    expect(trendOf([])).toBeUndefined()
    expect(
      trendOf([
        { at: 3, value: 1 },
        { at: 3, value: 2 },
      ]),
    ).toBeUndefined()
  })

  it('is the same whenever the clock began', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 50 }), (values) => {
        const points = pointsOf(values)
        const later = points.map(({ at, value }) => ({ at: at + 1_800_000_000, value }))

        expect(trendOf(later)?.rise).toBeCloseTo(trendOf(points)?.rise as number, 3)
      }),
    )
  })
})
