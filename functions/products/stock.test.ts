import { describe, expect, it } from '@jest/globals'
import { decideReturns, decideStock, type EarlierDecision, isAbout } from './stock.ts'

const timestamp = '2026-11-21T10:00:00.000Z'
const request = (orderId: number, quantity: number, productId = 1) => ({ orderId, productId, quantity })

// stock.property.test.ts says the same of any orders.
it('decideStock serves who comes first, and smaller orders behind one that is too large, to the last piece', () => {
  const requests = [request(2, 3), request(1, 3), request(4, 2), request(3, 1), request(5, 1, 2)]

  const { decisions, remaining } = decideStock(requests, new Map([[1, 5]]))

  expect(decisions.map(({ orderId, outcome }) => [orderId, outcome])).toEqual([
    [2, 'sale'],
    [1, 'insufficient-stock'],
    [4, 'sale'],
    [3, 'insufficient-stock'],
    [5, 'product-not-found'],
  ])
  expect(remaining).toEqual(new Map([[1, 0]]))
})

describe('isAbout', () => {
  const decision = (outcome: EarlierDecision['outcome'], quantity: number, productId = 1) => ({
    ...request(7, quantity, productId),
    outcome,
    cancelledAt: null,
  })
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
  const cancel = (orderId: number) => ({ ...request(orderId, 3), timestamp })
  const earlier = (
    outcome: EarlierDecision['outcome'],
    cancelledAt: string | null = null,
    orderId = 7,
  ): EarlierDecision => ({ ...request(orderId, 3), outcome, cancelledAt })
  const entry = (kind: string, change: number, orderId = 7) => ({
    ...{ orderId, productId: 1, change, kind },
    createdAt: timestamp,
  })
  const decide = (decisions: EarlierDecision[], stock = [[1, 5]] as [number, number][]) =>
    decideReturns([cancel(7)], decisions, new Map(stock), 10)

  it.each([
    ['gives back what a sale took', [earlier('sale')], 'return', 3, [entry('return', 3)]],
    ['gives back nothing twice', [earlier('sale', timestamp)], 'returned-before', 3, []],
    ['keeps an undecided order from being sold later', [], 'cancelled', 0, [entry('cancelled', 0)]],
    ['gives nothing back for a refusal', [earlier('insufficient-stock')], 'nothing-taken', 0, []],
    ['gives nothing back for a cancellation', [earlier('cancelled')], 'nothing-taken', 0, []],
  ])('%s, and says how much it was', (_, decisions, outcome, returned, entries) => {
    const left = outcome === 'return' ? new Map([[1, 8]]) : new Map()

    expect(decide(decisions)).toEqual({
      returns: [{ ...request(7, 3), outcome, returned }],
      entries,
      remaining: left,
    })
  })

  it('adds up what comes back to one product', () => {
    const decisions = [earlier('sale'), earlier('sale', null, 8)]

    const { remaining } = decideReturns([cancel(7), cancel(8)], decisions, new Map([[1, 1]]), 10)

    expect(remaining).toEqual(new Map([[1, 7]]))
  })

  it('removes at once what comes back to a deleted product', () => {
    const { entries, remaining } = decide([earlier('sale')], [])

    expect(entries).toEqual([
      entry('return', 3),
      { orderId: null, productId: 1, change: -3, kind: 'removal' },
    ])
    expect(remaining.size).toBe(0)
  })

  it('takes out what a product has no room for, so that the books balance', () => {
    const { entries, remaining } = decide([earlier('sale')], [[1, 9]])

    expect(entries).toEqual([
      entry('return', 3),
      { orderId: null, productId: 1, change: -2, kind: 'adjustment', reason: expect.any(String) },
    ])
    expect(remaining).toEqual(new Map([[1, 10]]))
  })
})
