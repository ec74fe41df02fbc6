import type { ProductStock, Reconciliation } from './reconciliation.ts'
import type { SortedDeadLetters } from './sorted-dead-letters.ts'

/** Everything that an audit has found. */
export interface Audit {
  reconciliation: Reconciliation
  /** Messages that wait, by queue; undefined when nobody can be asked, because the broker in process is stopped. */
  ready: Record<string, number> | undefined
  deadLetters: SortedDeadLetters | undefined
}

const mostProducts = 20
const mostRows = 50

const meanings = [
  '  adjusted    by changes of a product, or by its deletion',
  '  gone      = sold + reserved - returned: what orders hold, as the ledger says',
  '  sold        to confirmed orders, and to those that were cancelled after',
  '  returned    by cancelled orders',
  '  reserved    for orders that are still pending',
  '  left      = initial + adjusted - gone',
]

/** The audit as lines for a person, and last a verdict. */
export function report({ reconciliation, ready, deadLetters }: Audit): string[] {
  const { orders, outbox, products, returning, violations } = reconciliation
  return [
    'Orders',
    table([
      ['accepted', 'pending', 'confirmed', 'rejected', 'cancelled'],
      [orders.accepted, orders.pending, orders.confirmed, orders.rejected, orders.cancelled],
    ]),
    ...returningLine(returning),
    '',
    'Stock, in pieces',
    table([
      ['product', 'initial', 'adjusted', 'gone', 'sold', 'returned', 'reserved', 'left'],
      ...largest(products).map(productRow),
    ]),
    ...more(products.length - mostProducts, 'products'),
    ...meanings,
    '',
    `Outbox          ${outbox.products} events of products, ${outbox.orders} of orders`,
    `Queues          ${
      ready
        ? Object.entries(ready)
            .map(([queue, count]) => `${count} in ${queue}`)
            .join(', ')
        : 'none: the broker in process is stopped'
    }`,
    ...deadLetterLines(deadLetters),
    '',
    ...violations.slice(0, mostRows).map((violation) => `BROKEN  ${violation}`),
    ...more(violations.length - mostRows, 'violations'),
    verdict(violations),
  ]
}

/** The audit as one JSON document, with every product, violation and letter. */
export function jsonReport({ reconciliation, ready, deadLetters }: Audit): string {
  const { violations: breaches, ...rest } = reconciliation
  return JSON.stringify(
    {
      balance: breaches.length === 0,
      ...rest,
      breaches,
      ready: ready ?? null,
      deadLetters: deadLetters ?? null,
    },
    undefined,
    2,
  )
}

function verdict({ length }: readonly string[]): string {
  if (length === 0) return 'The books balance.'
  return `The books do not balance: ${length} ${length === 1 ? 'violation' : 'violations'}.`
}

function deadLetterLines(letters: SortedDeadLetters | undefined): string[] {
  if (!letters) return []
  const { harmless, pending, forAPerson } = letters
  return [
    `Dead letters    ${harmless} harmless (settled), ${pending} pending (announced again), ${forAPerson.length} for a person`,
    ...forAPerson.slice(0, mostRows).map((letter) => `  ${letter}`),
    ...more(forAPerson.length - mostRows, 'dead letters'),
  ]
}

/** Those of which most is gone, in the order of their ids; a shop may have a million products. */
const largest = (products: ProductStock[]) =>
  [...products]
    .sort((a, b) => b.gone - a.gone)
    .slice(0, mostProducts)
    .sort((a, b) => a.id - b.id)

const productRow = ({ id, initial, adjusted, gone, sold, returned, reserved, left }: ProductStock) => [
  id,
  initial,
  adjusted,
  gone,
  sold,
  returned,
  reserved,
  left ?? 'deleted',
]

const returningLine = (count: number): string[] =>
  count > 0 ? [`  ${count} cancelled, whose stock is on its way back`] : []

const more = (count: number, what: string): string[] => (count > 0 ? [`… and ${count} more ${what}`] : [])

function table(rows: (string | number)[][]): string {
  return rows.map((row) => row.map((cell) => String(cell).padStart(11)).join('')).join('\n')
}
