import { describe, expect, it } from '@jest/globals'
import { decideReturns, decideStock, type EarlierDecision, isAbout } from './stock.ts'

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
  const decision = (outcome: EarlierDecision['outcome'], quantity: number, productId = 1) => ({
    ...request(7, quantity, productId),
    outcome,
    cancelledAt: null,
  })
  const timestamp = '2026-11-21T10:00:00.000Z'
  const before = '2026-11-21T09:59:59.999+00:00'
  const after = '2026-11-21T10:00:00+00:00'

  it.each([
    ['a sale of the same pieces', decision('sale', 3), true],
    ['a sale of fewer', decision('sale', 2), false],
    ['a sale of another product', decision('sale', 3, 2), false],
    ['a refusal, which the ledger keeps without its pieces', decision('insufficient-stock', 0), true],
    ['a refusal of another product', decision('product-not-found', 0, 2), false],
    ['a sale that was returned since', { ...decision('sale', 3), cancelledAt: after }, true],
    ['a sale that was returned before', { ...decision('sale', 3), cancelledAt: before }, false],
    ['a cancellation since', { ...decision('cancelled', 0), cancelledAt: after }, true],
    ['a cancellation before', { ...decision('cancelled', 0), cancelledAt: before }, false],
    ['a cancellation for another product', { ...decision('cancelled', 0, 2), cancelledAt: after }, false],
  ])('tells whether %s was decided about an order', (_, one, isIt) => {
    expect(isAbout(one, { ...request(7, 3), timestamp })).toBe(isIt)
  })
})

describe('decideReturns', () => {
  const timestamp = '2026-11-21T10:00:00.000Z'
  const cancel = (orderId: number, quantity = 3, productId = 1) => ({
    ...request(orderId, quantity, productId),
    timestamp,
  })
  const sale = (orderId: number, quantity = 3, cancelledAt: string | null = null): EarlierDecision => ({
    ...request(orderId, quantity),
    outcome: 'sale',
    cancelledAt,
  })
  const decide = (
    cancellations: ReturnType<typeof cancel>[],
    decisions: EarlierDecision[] = [],
    stock = new Map([[1, 5]]),
  ) => decideReturns(cancellations, decisions, stock, 10)
  const returned = (orderId: number, change = 3) => ({
    orderId,
    productId: 1,
    change,
    kind: 'return',
    createdAt: timestamp,
  })

  it('gives back what a sale took', () => {
    expect(decide([cancel(7)], [sale(7)])).toEqual({
      returns: [{ ...request(7, 3), outcome: 'return', returned: 3 }],
      entries: [returned(7)],
      remaining: new Map([[1, 8]]),
    })
  })

  it('gives back nothing twice, and says again how much it was', () => {
    expect(decide([cancel(7)], [sale(7, 3, timestamp)])).toEqual({
      returns: [{ ...request(7, 3), outcome: 'returned-before', returned: 3 }],
      entries: [],
      remaining: new Map(),
    })
  })

  it('keeps an order that was not decided from being sold later', () => {
    const { returns, entries, remaining } = decide([cancel(7)])

    expect(returns).toMatchObject([{ outcome: 'cancelled', returned: 0 }])
    expect(entries).toEqual([
      { orderId: 7, productId: 1, change: 0, kind: 'cancelled', createdAt: timestamp },
    ])
    expect(remaining.size).toBe(0)
  })

  it.each(['insufficient-stock', 'product-not-found', 'cancelled'] as const)(
    'gives back nothing where the ledger says %s',
    (outcome) => {
      const decided = decide([cancel(7)], [{ ...request(7, 0), outcome, cancelledAt: null }])

      expect(decided).toMatchObject({ returns: [{ outcome: 'nothing-taken', returned: 0 }], entries: [] })
    },
  )

  it('adds up what comes back to one product', () => {
    const { remaining } = decide([cancel(7), cancel(8, 1)], [sale(7), sale(8, 1)])

    expect(remaining).toEqual(new Map([[1, 9]]))
  })

  it('removes at once what comes back to a deleted product', () => {
    const { entries, remaining } = decide([cancel(7)], [sale(7)], new Map())

    expect(entries).toEqual([returned(7), { orderId: null, productId: 1, change: -3, kind: 'removal' }])
    expect(remaining.size).toBe(0)
  })

  it('takes out what a product has no room for, so that the books balance', () => {
    const { entries, remaining } = decide([cancel(7)], [sale(7)], new Map([[1, 9]]))

    expect(entries).toEqual([
      returned(7),
      { orderId: null, productId: 1, change: -2, kind: 'adjustment', reason: expect.any(String) },
    ])
    expect(remaining).toEqual(new Map([[1, 10]]))
  })
})
