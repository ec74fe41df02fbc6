import { describe, expect, it } from '@jest/globals'
import type { ProductStock } from './reconciliation.ts'
import { type Audit, jsonReport, report } from './report.ts'

const product = (members: Partial<ProductStock> = {}): ProductStock => ({
  id: 7,
  initial: 80,
  adjusted: 5,
  taken: 30,
  gone: 30,
  sold: 20,
  returned: 0,
  reserved: 10,
  left: 55,
  ...members,
})
const audit = ({
  reconciliation,
  ...rest
}: { reconciliation?: Partial<Audit['reconciliation']> } & Partial<Omit<Audit, 'reconciliation'>> = {}) =>
  report({
    reconciliation: {
      orders: { accepted: 6, pending: 1, confirmed: 3, rejected: 2, cancelled: 0 },
      returning: 0,
      products: [product()],
      outbox: { products: 0, orders: 4 },
      violations: [],
      ...reconciliation,
    },
    ready: { 'stock-reduction': 1, 'order-settlement': 0 },
    deadLetters: { harmless: 0, pending: 0, forAPerson: [] },
    ...rest,
  })
const columns = (line = '') => line.trim().split(/\s+/)
const lines = (parts: string[]) => parts.join('\n').split('\n')
const many = <Item>(count: number, item: (n: number) => Item) =>
  Array.from({ length: count }, (_, n) => item(n))

describe('the report', () => {
  it('shows the orders and the pieces in columns, and says that the books balance', () => {
    const [, heads, orders, , , productHeads, row, ...rest] = lines(audit())

    expect(columns(heads)).toEqual(['accepted', 'pending', 'confirmed', 'rejected', 'cancelled'])
    expect(columns(orders)).toEqual(['6', '1', '3', '2', '0'])
    expect(columns(productHeads)).toEqual([
      'product',
      'initial',
      'adjusted',
      'gone',
      'sold',
      'returned',
      'reserved',
      'left',
    ])
    expect(columns(row)).toEqual(['7', '80', '5', '30', '20', '0', '10', '55'])
    expect(rest.at(-1)).toBe('The books balance.')
  })

  it('shows what waits in the outboxes and the queues', () => {
    const text = audit().join('\n')

    expect(text).toContain('0 events of products, 4 of orders')
    expect(text).toContain('1 in stock-reduction, 0 in order-settlement')
  })

  it('says that there are no queues when nobody can be asked', () => {
    const text = audit({ ready: undefined, deadLetters: undefined }).join('\n')

    expect(text).toContain('none: the broker in process is stopped')
    expect(text).not.toContain('Dead letters')
  })

  it('says of a product that was deleted that it is', () => {
    const text = audit({ reconciliation: { products: [product({ left: null })] } }).join('\n')

    expect(columns(text.split('\n').find((line) => line.includes('deleted'))).at(-1)).toBe('deleted')
  })

  it('shows the 20 products of which most is gone, in their order, and how many more there are', () => {
    const products = many(23, (n) => product({ id: 100 + ((n * 7) % 23), gone: n }))

    const rows = lines(audit({ reconciliation: { products } })).filter((line) => /^ +1\d\d /.test(line))

    const ids = rows.map((row) => Number(columns(row)[0]))
    const mostGone = products.slice(3).map(({ id }) => id)
    expect(ids).toEqual(mostGone.sort((a, b) => a - b))
    expect(audit({ reconciliation: { products } })).toContain('… and 3 more products')
  })

  it.each(['gone', 'sold', 'returned', 'reserved', 'left'])(
    'explains below the pieces what "%s" means',
    (word) => {
      const [, explanation = ''] = audit().join('\n').split('7         80')

      expect(explanation).toMatch(new RegExp(`^ +${word} .* = |^ +${word} .*orders`, 'm'))
    },
  )

  it('sorts the dead letters, and shows those that need a person', () => {
    const deadLetters = { harmless: 2, pending: 1, forAPerson: ['stock-reduction  m1  not JSON'] }

    const text = audit({ deadLetters })

    expect(text).toContain(
      'Dead letters    2 harmless (settled), 1 pending (announced again), 1 for a person',
    )
    expect(text).toContain('  stock-reduction  m1  not JSON')
  })

  it('counts one violation as one', () => {
    expect(audit({ reconciliation: { violations: ['order 1 is wrong'] } }).at(-1)).toBe(
      'The books do not balance: 1 violation.',
    )
  })

  it('names what is broken, and says last that the books do not balance', () => {
    const violations = ['order 1 is rejected, but has taken 3 pieces', 'product 7 has a stock of -1']

    const text = audit({ reconciliation: { violations } })

    expect(text.slice(-3)).toEqual([
      'BROKEN  order 1 is rejected, but has taken 3 pieces',
      'BROKEN  product 7 has a stock of -1',
      'The books do not balance: 2 violations.',
    ])
  })

  it('stays readable when very much is broken or dead', () => {
    const violations = many(60, (n) => `order ${n} is wrong`)
    const forAPerson = many(55, (n) => `letter ${n}`)

    const text = audit({
      reconciliation: { violations },
      deadLetters: { harmless: 0, pending: 0, forAPerson },
    })

    expect(text.filter((line) => line.startsWith('BROKEN'))).toHaveLength(50)
    expect(text.filter((line) => line.startsWith('  letter'))).toHaveLength(50)
    expect(text).toContain('… and 10 more violations')
    expect(text).toContain('… and 5 more dead letters')
    expect(text.at(-1)).toBe('The books do not balance: 60 violations.')
  })
})

describe('the report for programs', () => {
  it('is one JSON document with everything, and says first whether the books balance', () => {
    const products = many(23, (n) => product({ id: n }))
    const orders = { accepted: 6, pending: 1, confirmed: 3, rejected: 2, cancelled: 0 }
    const violations = ['order 1 is wrong']
    const members = { orders, returning: 0, products, outbox: { products: 0, orders: 4 } }

    const text = jsonReport({
      reconciliation: { ...members, violations },
      ready: undefined,
      deadLetters: undefined,
    })

    expect(Object.keys(JSON.parse(text))[0]).toBe('balance')
    expect(JSON.parse(text)).toEqual({
      balance: false,
      ...members,
      breaches: violations,
      ready: null,
      deadLetters: null,
    })
  })
})
