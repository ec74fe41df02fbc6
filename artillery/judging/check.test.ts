import { describe, expect, it } from '@jest/globals'
import { atMost, exactly, readable, verdict } from './check.ts'

describe('a check', () => {
  it.each([
    [49.9, true],
    [50, true],
    [50.1, false],
  ])('lets a value pass up to its limit: %s', (value, passed) => {
    expect(atMost('p99', value, 50, 'ms').passed).toBe(passed)
  })

  it.each([null, undefined])('fails for a value that was not measured', (value) => {
    expect(atMost('p99', value, 50, 'ms')).toMatchObject({ measured: 'not measured', passed: false })
  })

  it.each([
    [6, false],
    [7, true],
    [8, false],
  ])('wants exactly the count: %s', (count, passed) => {
    expect(exactly('orders', count, 7).passed).toBe(passed)
  })
})

describe('the verdict', () => {
  it('says how many targets were reached when all were', () => {
    expect(verdict('load', [exactly('failed users', 0, 0)])).toBe('PASSED  load: all 1 targets reached.')
  })

  it('names every target that was missed, and no other', () => {
    const checks = [exactly('failed users', 3, 0), exactly('lost', 0, 0), atMost('p99', 80, 50, 'ms')]

    expect(verdict('load', checks)).toBe('FAILED  load: failed users 3 (0); p99 80 ms (≤ 50 ms).')
  })
})

it.each([
  [0.06, '0.1'],
  [99.94, '99.9'],
  [1234.5, '1,235'],
])('writes numbers for people: %s', (value, text) => {
  expect(readable(value)).toBe(text)
})
