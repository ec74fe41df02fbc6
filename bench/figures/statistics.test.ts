import { describe, expect, it } from '@jest/globals'
import { mean, median, percentile, rotated, shuffled } from './statistics.ts'

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[10, 9], 9.5],
    [[7], 7],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  it('refuses to speak of nothing', () => {
    expect(() => median([])).toThrow('nothing')
  })
})

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('%d of 1 to 100 is %d', (share, value) => {
    expect(percentile(hundred, share)).toBe(value)
  })

  it('refuses to speak of nothing', () => {
    expect(() => percentile([], 0.5)).toThrow('nothing')
  })
})

describe('a mean', () => {
  it.each([
    [[1, 2, 6], 3],
    [[], 0],
  ])('of %j is %d', (values, result) => {
    expect(mean(values)).toBe(result)
  })
})

describe('the order of turns', () => {
  it('begins with another one each round and leaves nobody out', () => {
    const rounds = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))

    expect(rounds).toEqual(['abc', 'bca', 'cab', 'abc'])
  })

  it('is shuffled by the random numbers it is given', () => {
    const numbers = [0.9, 0.1, 0.5].values()

    const order = shuffled(['a', 'b', 'c'], () => numbers.next().value as number)

    expect(order).toEqual(['b', 'c', 'a'])
  })
})
