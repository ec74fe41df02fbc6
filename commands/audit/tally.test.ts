import { describe, expect, it } from '@jest/globals'
import { type DecisionRow, type OrderRow, Tally } from './tally.ts'

const order = (members: Partial<OrderRow> = {}): OrderRow => ({
  id: 1,
  productId: 7,
  quantity: 3,
  status: 'confirmed',
  isReturned: false,
  ...members,
})
const sale = (members: Partial<DecisionRow> = {}): DecisionRow => ({
  orderId: 1,
  productId: 7,
  change: -3,
  kind: 'sale',
  ...members,
})
const refusal = (members: Partial<DecisionRow> = {}) =>
  sale({ change: 0, kind: 'insufficient-stock', ...members })

function tallyOf(orders: OrderRow[], decisions: DecisionRow[]): Tally {
  const tally = new Tally()
  tally.compare(orders, decisions)
  return tally
}
const violations = (orders: OrderRow[], decisions: DecisionRow[]) => tallyOf(orders, decisions).violations

describe('a tally', () => {
  it('counts by product what was sold, is reserved, and is gone', () => {
    const tally = tallyOf(
      [order({ id: 1 }), order({ id: 2, status: 'pending' }), order({ id: 3, productId: 8, quantity: 5 })],
      [sale({ orderId: 1 }), sale({ orderId: 2 }), sale({ orderId: 3, productId: 8, change: -5 })],
    )

    expect(tally.product(7)).toEqual({ sold: 3, returned: 0, reserved: 3, gone: 6 })
    expect(tally.product(8)).toEqual({ sold: 5, returned: 0, reserved: 0, gone: 5 })
    expect(tally.product(9)).toEqual({ sold: 0, returned: 0, reserved: 0, gone: 0 })
  })

  it('adds up one run of orders after the other', () => {
    const tally = tallyOf([order({ id: 1 })], [sale({ orderId: 1 })])

    tally.compare([order({ id: 2 })], [sale({ orderId: 2 })])

    expect(tally.orders).toMatchObject({ accepted: 2, confirmed: 2 })
    expect(tally.product(7).sold).toBe(6)
    expect(tally.violations).toEqual([])
  })

  it.each([
    ['an order that is still to be decided', order({ status: 'pending' }), []],
    ['an order that took its stock and is still to be confirmed', order({ status: 'pending' }), [sale()]],
    ['an order that was refused and is still to be rejected', order({ status: 'pending' }), [refusal()]],
  ])('finds nothing wrong with %s', (_, one, decisions) => {
    expect(violations([one], decisions)).toEqual([])
  })

  // The other ways to break the books: tests/integration/database/audit.test.ts.
  it('finds a pending order that took more than it wanted', () => {
    expect(violations([order({ status: 'pending' })], [sale({ change: -4 })])).toEqual([
      'order 1 is for 3 pieces, but has taken 4',
    ])
  })
})

describe('a cancelled order', () => {
  const cancelled = (members: Partial<OrderRow> = {}) =>
    order({ status: 'cancelled', isReturned: true, ...members })
  const back = (members: Partial<DecisionRow> = {}) => sale({ change: 3, kind: 'return', ...members })
  const cancellation = refusal({ kind: 'cancelled' })

  it('has sold its pieces and given them back', () => {
    const tally = tallyOf([cancelled()], [back(), sale()])

    expect(tally.product(7)).toEqual({ sold: 3, returned: 3, reserved: 0, gone: 0 })
    expect([tally.returning, tally.violations]).toEqual([0, []])
  })

  it('may hold its pieces, or be undecided, while its return is under way', () => {
    const under = cancelled({ isReturned: false })

    const tally = tallyOf([under, { ...under, id: 2 }], [sale()])

    expect(tally.product(7)).toEqual({ sold: 3, returned: 0, reserved: 0, gone: 3 })
    expect([tally.returning, tally.violations]).toEqual([2, []])
  })

  it.each([
    ['that was cancelled before', [cancellation]],
    ['that was refused before', [refusal()]],
  ])('is well with a decision %s', (_, decisions) => {
    expect(violations([cancelled()], decisions)).toEqual([])
  })

  it.each<[string, OrderRow, DecisionRow[]]>([
    ['is cancelled, but the ledger has not decided it', cancelled(), []],
    ['is confirmed, but has given 3 pieces back', order(), [sale(), back()]],
    ['is pending, but has given 3 pieces back', order({ status: 'pending' }), [sale(), back()]],
    ['has given 3 pieces back, but took none', cancelled(), [cancellation, back()]],
    ['is for 3 pieces, but has given 2 back', cancelled(), [sale(), back({ change: 2 })]],
    ['is for product 7, but has given back to 8', cancelled(), [sale(), back({ productId: 8 })]],
    ['is confirmed, but the ledger says that it was cancelled', order(), [cancellation]],
    ['is pending, but the ledger says that it was cancelled', order({ status: 'pending' }), [cancellation]],
  ])('breaks the books when it %s', (violation, row, entries) => {
    expect(violations([row], entries)).toEqual([`order 1 ${violation}`])
  })
})
