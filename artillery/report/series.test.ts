import { describe, expect, it } from '@jest/globals'
import { alignedChart } from './series.ts'

describe('an aligned chart', () => {
  it('gives curves of different moments one axis', () => {
    const chart = alignedChart('Rate', 'a second', [
      {
        label: 'fine',
        color: 'green',
        dots: [
          { at: 2, value: 20 },
          { at: 1, value: 10 },
        ],
      },
      { label: 'coarse', color: 'blue', dashed: true, dots: [{ at: 5, value: 50 }] },
    ])

    expect(chart.moments).toEqual([1, 2, 5])
    expect(chart.series).toEqual([
      { label: 'fine', color: 'green', dashed: false, values: [10, 20, null] },
      { label: 'coarse', color: 'blue', dashed: true, values: [null, null, 50] },
    ])
  })

  it('keeps a gap where nothing was measured', () => {
    const dots = [
      { at: 1, value: 1 },
      { at: 2, value: null },
      { at: 3, value: 3.06 },
    ]

    expect(alignedChart('', '', [{ label: '', color: '', dots }]).series[0]?.values).toEqual([1, null, 3.1])
  })
})
