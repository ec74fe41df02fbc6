import { median } from './statistics.ts'
import { formatted, table } from './table.ts'

/** One environment of a function, from nothing. */
export interface ColdStart {
  key: string
  initMs: number
  /** The first invocation, which opens the connections. */
  firstMs: number
  /** Another one right after it. */
  nextMs: number
}

/** What an initialisation may take. */
const budgetMs = 350

/** The table of medians by function, the slowest first, and whether all keep the budget. */
export function coldStartReport(starts: readonly ColdStart[], zippedBytes: Record<string, number>): string {
  const rows = [...new Set(starts.map(({ key }) => key))]
    .map((key) => {
      const own = starts.filter((start) => start.key === key)
      const of = (part: 'initMs' | 'firstMs' | 'nextMs') => median(own.map((start) => start[part]))
      return { key, initMs: of('initMs'), firstMs: of('firstMs'), nextMs: of('nextMs') }
    })
    .sort((one, other) => other.initMs - one.initMs)
  const columns = [
    { title: 'function' },
    ...['zip, KB', 'init, ms', 'first, ms', 'next, ms'].map((title) => ({ title, align: 'right' as const })),
  ]
  const cells = rows.map(({ key, initMs, firstMs, nextMs }) => [
    key,
    formatted((zippedBytes[key] ?? 0) / 1024, 1),
    formatted(initMs),
    formatted(firstMs),
    formatted(nextMs, 1),
  ])
  return `${table(columns, cells)}\n\n${verdict(rows)}`
}

function verdict(rows: { key: string; initMs: number }[]): string {
  const missed = rows.filter(({ initMs }) => initMs > budgetMs).map(({ key }) => key)
  const slowest = `The slowest initialisation takes ${formatted(rows[0]?.initMs ?? 0)} ms; the budget of ${budgetMs} ms`
  return missed.length === 0 ? `${slowest} is kept.` : `${slowest} is missed by ${missed.join(', ')}.`
}
