import { percentile } from '../../bench/figures/statistics.ts'
import type { Verdict } from './checks/judge.ts'
import type { OrderBook } from './load/order-book.ts'
import type { Scenario } from './scenario.ts'

/** What came of a scenario. Where it couldn't even begin, there is nothing but the violation that says why. */
export interface Result extends Partial<Verdict> {
  scenario: Scenario
  violations: string[]
  book?: OrderBook
  /** From the end of the fault until the shop was healthy and had settled every order of before. */
  recoverySeconds?: number | undefined
}

const columns: { title: string; width: number; cell(result: Result): string | number | undefined }[] = [
  { title: 'scenario', width: 25, cell: ({ scenario }) => scenario.name },
  { title: 'what was done', width: 71, cell: ({ scenario }) => scenario.injected },
  { title: 'requests', width: 8, cell: ({ book }) => book?.outcomes.length },
  { title: 'orders', width: 6, cell: ({ book }) => book?.accepted().size },
  { title: '503', width: 5, cell: ({ book }) => book?.count(({ status }) => status === 503) },
  { title: 'unknown', width: 7, cell: ({ book }) => book?.count(({ code }) => code === 'outcome-unknown') },
  { title: '409', width: 5, cell: ({ book }) => book?.count(({ status }) => status === 409) },
  { title: 'no answer', width: 9, cell: ({ book }) => book?.count(({ status }) => status === undefined) },
  { title: 'settled', width: 7, cell: ({ settled }) => settled },
  { title: 'lost', width: 4, cell: ({ lost }) => lost },
  { title: 'oversold', width: 8, cell: ({ oversold }) => oversold },
  { title: '503 in ms (95 %, longest)', width: 25, cell: ({ book }) => book && refusalTimes(book) },
  { title: 'recovered in s', width: 14, cell: ({ recoverySeconds }) => recoverySeconds?.toFixed(1) },
  { title: 'verdict', width: 7, cell: ({ violations }) => (violations.length === 0 ? 'kept' : 'BROKEN') },
]

/** The first two lines of the table, in Markdown. */
export const tableHead = (): string =>
  [row(columns.map(({ title }) => title)), row(columns.map(({ width }) => '-'.repeat(width)))].join('\n')

/** A scenario as a line of the table. */
export const tableRow = (result: Result): string =>
  row(columns.map(({ cell }) => String(cell(result) ?? '–')))

const row = (cells: string[]): string =>
  `| ${cells.map((cell, index) => cell.padEnd(columns[index]?.width ?? 0)).join(' | ')} |`

function refusalTimes(book: OrderBook): string {
  const times = book.refusalTimes()
  return times.length === 0 ? '–' : `${percentile(times, 0.95).toFixed()}, ${Math.max(...times).toFixed()}`
}
