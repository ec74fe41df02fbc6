import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { seededRandom } from './random.ts'
import { type Routing, sell, split } from './sold-out.ts'
import { routings } from './tables.ts'

const alone: Routing = { name: 'alone', furtherBuckets: 0, mergesOnShortage: false }
const all: Routing = { ...alone, name: 'all', furtherBuckets: Infinity }
const merged: Routing = { ...alone, name: 'merged', mergesOnShortage: true }

describe('split', () => {
  it('loses nothing and makes parts that differ by one piece at most', () => {
    expect(split(10, 4)).toEqual([3, 3, 2, 2])
    expect(split(2, 4)).toEqual([1, 1, 0, 0])
  })
})

describe('sell', () => {
  const sales = fc.record({
    stock: fc.integer({ min: 0, max: 500 }),
    buckets: fc.integer({ min: 1, max: 20 }),
    quantities: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 300 }),
    routing: fc.constantFrom(...routings),
    seed: fc.nat(),
  })

  it('sells each piece once at most, whatever the routing', () => {
    fc.assert(
      fc.property(sales, ({ seed, ...sale }) => {
        const { sold, left } = sell(sale, seededRandom(seed))

        expect(sold + left).toBe(sale.stock)
        expect(left).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('refuses nobody wrongly with one bucket', () => {
    fc.assert(
      fc.property(sales, ({ seed, ...sale }) => {
        const { wronglyRefused, asked } = sell({ ...sale, buckets: 1 }, seededRandom(seed))

        expect(wronglyRefused).toBe(0)
        expect(asked).toBe(1)
      }),
    )
  })

  it('refuses nobody wrongly when the buckets are merged once one falls short', () => {
    fc.assert(
      fc.property(sales, ({ seed, ...sale }) => {
        const result = sell({ ...sale, routing: merged }, seededRandom(seed))

        expect(result.wronglyRefused).toBe(0)
        expect(result.soldFromOneRow).toBeLessThanOrEqual(result.sold)
      }),
    )
  })

  it('refuses nobody who wants one piece wrongly when all buckets are asked', () => {
    fc.assert(
      fc.property(sales, ({ seed, ...sale }) => {
        const quantities = sale.quantities.map(() => 1)
        const result = sell({ ...sale, quantities, routing: all }, seededRandom(seed))

        expect(result.wronglyRefused).toBe(0)
      }),
    )
  })

  it('refuses an order whose bucket is empty while others are not', () => {
    // With random numbers of 0 every order goes to the first bucket.
    const result = sell({ stock: 4, buckets: 2, quantities: [2, 1, 1], routing: alone }, () => 0)

    expect(result).toEqual({
      sold: 2,
      left: 2,
      wronglyRefused: 2,
      leftAtFirstWrongRefusal: 2,
      asked: 1,
      soldFromOneRow: 0,
    })
  })

  it('asks the next bucket where the routing says so', () => {
    const result = sell({ stock: 4, buckets: 2, quantities: [2, 1, 1], routing: all }, () => 0)

    expect(result).toMatchObject({ sold: 4, left: 0, wronglyRefused: 0 })
    expect(result.asked).toBeCloseTo(5 / 3)
  })

  it('does not put together what lies in several buckets, until they are merged', () => {
    const sale = { stock: 4, buckets: 4, quantities: [1, 2] }

    expect(sell({ ...sale, routing: all }, () => 0)).toMatchObject({ sold: 1, wronglyRefused: 1 })
    expect(sell({ ...sale, routing: merged }, () => 0)).toMatchObject({
      sold: 3,
      wronglyRefused: 0,
      soldFromOneRow: 2,
    })
  })
})
