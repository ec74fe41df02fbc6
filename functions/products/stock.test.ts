import { describe, expect, it } from '@jest/globals'
import { decideStock, isAbout, type StockOutcome } from './stock.ts'

const request = (orderId: number, quantity: number, productId = 1) => ({ orderId, productId, quantity })
const outcomes = ({ decisions }: ReturnType<typeof decideStock>) =>
  decisions.map(({ orderId, outcome }) => [orderId, outcome])

describe('decideStock', () => {
  it('serves who comes first', () => {
    const decided = decideStock([request(2, 3), request(1, 3)], new Map([[1, 5]]))

    expect(outcomes(decided)).toEqual([
      [2, 'sale'],
      [1, 'insufficient-stock'],
    ])
    expect(decided.remaining).toEqual(new Map([[1, 2]]))
  })

  it('sells the last piece', () => {
    const decided = decideStock([request(1, 5)], new Map([[1, 5]]))

    expect(outcomes(decided)).toEqual([[1, 'sale']])
    expect(decided.remaining).toEqual(new Map([[1, 0]]))
  })

  it('leaves what is too little for a large order to smaller orders behind it', () => {
    const decided = decideStock([request(1, 6), request(2, 4), request(3, 1)], new Map([[1, 5]]))

    expect(outcomes(decided)).toEqual([
      [1, 'insufficient-stock'],
      [2, 'sale'],
      [3, 'sale'],
    ])
  })

  it('decides an order that comes twice once', () => {
    const decided = decideStock([request(1, 2), request(1, 2), request(2, 2)], new Map([[1, 4]]))

    expect(outcomes(decided)).toEqual([
      [1, 'sale'],
      [2, 'sale'],
    ])
    expect(decided.remaining).toEqual(new Map([[1, 0]]))
  })

  it('rejects an order whose product does not exist', () => {
    const decided = decideStock([request(1, 1, 99)], new Map([[1, 5]]))

    expect(outcomes(decided)).toEqual([[1, 'product-not-found']])
  })

  it('rejects an order of a product that is sold out as too little stock, not as unknown', () => {
    const decided = decideStock([request(1, 1)], new Map([[1, 0]]))

    expect(outcomes(decided)).toEqual([[1, 'insufficient-stock']])
  })

  it('counts the stock of each product by itself', () => {
    const decided = decideStock(
      [request(1, 2, 1), request(2, 2, 2), request(3, 1, 1)],
      new Map([
        [1, 2],
        [2, 3],
      ]),
    )

    expect(outcomes(decided)).toEqual([
      [1, 'sale'],
      [2, 'sale'],
      [3, 'insufficient-stock'],
    ])
    expect(decided.remaining).toEqual(
      new Map([
        [1, 0],
        [2, 1],
      ]),
    )
  })

  it('says what is left of sold products alone', () => {
    const { remaining } = decideStock([request(1, 9, 1), request(2, 1, 2)], new Map([[1, 5]]))

    expect(remaining).toEqual(new Map())
  })

  it('leaves the stock that it was given as it is', () => {
    const stock = new Map([[1, 5]])

    decideStock([request(1, 2)], stock)

    expect(stock).toEqual(new Map([[1, 5]]))
  })

  it('decides nothing when nothing is asked', () => {
    const decided = decideStock([], new Map([[1, 5]]))

    expect(decided).toEqual({ decisions: [], remaining: new Map() })
  })
})

describe('isAbout', () => {
  const decision = (outcome: StockOutcome, quantity: number, productId = 1) => ({
    ...request(7, quantity, productId),
    outcome,
  })

  it.each([
    ['a sale of the same pieces', decision('sale', 3), true],
    ['a sale of fewer', decision('sale', 2), false],
    ['a sale of another product', decision('sale', 3, 2), false],
    ['a refusal, which the ledger keeps without its pieces', decision('insufficient-stock', 0), true],
    ['a refusal of another product', decision('product-not-found', 0, 2), false],
  ])('tells whether %s was decided about an order', (_, one, isIt) => {
    expect(isAbout(one, request(7, 3))).toBe(isIt)
  })
})
