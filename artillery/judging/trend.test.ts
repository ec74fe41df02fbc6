import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { seed } from '../../tests/support/seed.ts'
import { trendOf } from './trend.ts'

const pointsOf = (values: number[]) => values.map((value, at) => ({ at, value }))

describe('a trend', () => {
  it.each([
    ['is the mean and the rise of a straight line', [10, 12, 14, 16], { mean: 13, rise: 6 }],
    ['falls with a negative rise', [5, 4, 3], { mean: 4, rise: -2 }],
  ])('%s', (_, values, trend) => {
    expect(trendOf(pointsOf(values))).toEqual(trend)
  })

  it('is not moved by one peak in the middle', () => {
    expect(trendOf(pointsOf([1, 1, 100, 1, 1]))?.rise).toBeCloseTo(0)
  })

  it('needs two moments', () => {
    const sameMoment = [1, 2].map((value) => ({ at: 3, value }))

    expect([trendOf([]), trendOf(sameMoment)]).toEqual([undefined, undefined])
  })

  it('is the same whenever the clock began', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 50 }), (values) => {
        const points = pointsOf(values)
        const later = points.map(({ at, value }) => ({ at: at + 1_800_000_000, value }))

        expect(trendOf(later)?.rise).toBeCloseTo(trendOf(points)?.rise as number, 3)
      }),
      { seed },
    )
  })
})
