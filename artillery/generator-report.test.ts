import { describe, expect, it } from '@jest/globals'
import { metrics } from '../tests/support/run-record.ts'
import { answersBetween, arrivalRateOf, promisedOrders } from './generator-report.ts'

const counted = (counters: Record<string, number>) => ({ ...metrics(), counters })

describe('the report of the generator', () => {
  it('tells answers apart by their status, and from other counters', () => {
    const report = counted({
      'http.codes.499': 1,
      'http.codes.500': 2,
      'http.codes.503': 3,
      'http.codes.600': 4,
      x: 5,
    })

    expect(answersBetween(report, 500, 600)).toBe(5)
  })

  it('counts an order once whose request was sent again', () => {
    const report = counted({ 'http.codes.202': 30, 'vusers.created_by_name.order again': 10 })

    expect(promisedOrders(report)).toBe(20)
  })

  it('divides the users by the time in which they came', () => {
    const report = { ...counted({ 'vusers.created': 300 }), firstMetricAt: 1000, lastMetricAt: 3000 }

    expect(arrivalRateOf(report)).toBe(150)
  })
})
