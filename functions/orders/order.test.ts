import { describe, expect, it } from '@jest/globals'
import { validator } from '@stockroom/http/validator'
import { NewOrder, totalPrice } from './order.ts'

describe('totalPrice', () => {
  it.each([
    [19.99, 3, 59.97],
    [4.35, 100, 435],
    [0.1, 3, 0.3],
    [0.29, 100, 29],
    [0, 1_000_000, 0],
    [999_999_999.99, 1, 999_999_999.99],
    [900_009_000.09, 11_111, 9_999_999_999_999.99], // the largest total
  ])('%d times %d is exactly %d', (unitPrice, quantity, total) => {
    expect(totalPrice(unitPrice, quantity)).toBe(total)
  })

  it.each([
    [10_000_000, 1_000_000],
    [999_999_999.99, 10_001],
  ])('refuses %d times %d, which is above 9,999,999,999,999.99', (unitPrice, quantity) => {
    expect(totalPrice(unitPrice, quantity)).toBeUndefined()
  })
})

describe('a new order', () => {
  const isOrder = validator(NewOrder)

  it.each([
    { productId: 1, quantity: 1 },
    { productId: 9_007_199_254_740_991, quantity: 1_000_000 },
  ])('may be %j', (order) => {
    expect(isOrder(order)).toBeUndefined()
  })

  it.each([
    ['/productId', { productId: 0, quantity: 1 }],
    ['/productId', { productId: 9_007_199_254_740_992, quantity: 1 }],
    ['/quantity', { productId: 1, quantity: 0 }],
    ['/quantity', { productId: 1, quantity: 1_000_001 }],
    ['/quantity', { productId: 1, quantity: 1e20 }],
    ['/quantity', { productId: 1, quantity: '2' }],
    ['/quantity', { productId: 1 }],
    ['/unitPrice', { productId: 1, quantity: 1, unitPrice: 1 }],
  ])('may not have a wrong %s: %j', (path, order) => {
    expect(new Set(isOrder(order)?.map((error) => error.path))).toEqual(new Set([path]))
  })
})
