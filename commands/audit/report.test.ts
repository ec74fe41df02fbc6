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
const balanced: Audit['reconciliation'] = {
  orders: { accepted: 6, pending: 1, confirmed: 3, rejected: 2, cancelled: 0 },
  returning: 0,
  products: [product()],
  outbox: { products: 0, orders: 4 },
  violations: [],
}
const audit = ({
  reconciliation,
  deadLetters = { harmless: 0, pending: 0, forAPerson: [] },
}: {
  reconciliation?: Partial<Audit['reconciliation']>
  deadLetters?: Audit['deadLetters']
} = {}) =>
  report({ reconciliation: { ...balanced, ...reconciliation }, ready: { 'stock-reduction': 1 }, deadLetters })
const many = <Item>(count: number, item: (n: number) => Item) =>
  Array.from({ length: count }, (_, n) => item(n))

// The numbers in it, and what they come from: tests/integration/database/audit.test.ts.
describe('the report', () => {
  it('has the orders and the pieces in columns, explains them, and says last that the books balance', () => {
    const lines = audit().join('\n')

    expect(lines).toMatch(/^ *accepted +pending +confirmed +rejected +cancelled\n +6 +1 +3 +2 +0\n/m)
    expect(lines).toMatch(
      /^ +product +initial +adjusted +gone +sold +returned +reserved +left\n +7 +80 +5 +30 +20 +0 +10 +55\n/m,
    )
    for (const word of ['adjusted', 'gone', 'sold', 'returned', 'reserved', 'left'])
      expect(lines).toMatch(new RegExp(`^  ${word} {2,}\\S.* `, 'm'))
    expect(lines).toMatch(/\nThe books balance\.$/)
  })

  it('says how many cancelled orders have their stock on its way back', () => {
    expect(audit({ reconciliation: { returning: 2 } })).toContain(
      '  2 cancelled, whose stock is on its way back',
    )
  })

  it('shows the 20 products of which most is gone, in their order, and how many more there are', () => {
    const products = many(23, (n) => product({ id: 100 + ((n * 7) % 23), gone: n }))

    const lines = audit({ reconciliation: { products } })

    const ids = [...lines.join('\n').matchAll(/^ +(1\d\d) /gm)].map(([, id]) => Number(id))
    const mostGone = products.slice(3).map(({ id }) => id)
    expect(ids).toEqual(mostGone.sort((a, b) => a - b))
    expect(lines).toContain('… and 3 more products')
  })

  it.each([
    [['order 1 is wrong'], 'The books do not balance: 1 violation.'],
    [['order 1 is wrong', 'product 7 has a stock of -1'], 'The books do not balance: 2 violations.'],
  ])('names what is broken, and says last that the books do not balance: %j', (violations, verdict) => {
    const lines = audit({ reconciliation: { violations } })

    const broken = violations.map((violation) => `BROKEN  ${violation}`)
    expect(lines.slice(-1 - violations.length)).toEqual([...broken, verdict])
  })

  it('stays readable when very much is broken or dead', () => {
    const violations = many(60, (n) => `order ${n} is wrong`)
    const forAPerson = many(55, (n) => `letter ${n}`)

    const lines = audit({
      reconciliation: { violations },
      deadLetters: { harmless: 0, pending: 0, forAPerson },
    })

    expect(lines.filter((line) => line.startsWith('BROKEN'))).toHaveLength(50)
    expect(lines.filter((line) => line.startsWith('  letter'))).toHaveLength(50)
    expect(lines).toContain('… and 10 more violations')
    expect(lines).toContain('… and 5 more dead letters')
  })
})

it('the report for programs is one JSON document with everything, and says first whether the books balance', () => {
  const { violations: _, ...rest } = { ...balanced, products: many(23, (n) => product({ id: n })) }
  const breaches = ['order 1 is wrong']

  const text = jsonReport({
    reconciliation: { ...rest, violations: breaches },
    ready: undefined,
    deadLetters: undefined,
  })

  expect(Object.keys(JSON.parse(text))[0]).toBe('balance')
  expect(JSON.parse(text)).toEqual({ balance: false, ...rest, breaches, ready: null, deadLetters: null })
})
