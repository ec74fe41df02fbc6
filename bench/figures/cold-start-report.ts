import { type Figure, figureTable, formatted, middle } from './table.ts'

/** One environment of a function, from nothing. */
export interface ColdStart {
  key: string
  zippedBytes: number
  initMs: number
  /** The first invocation, which opens the connections. */
  firstMs: number
  /** Another one right after it. */
  nextMs: number
}

/** What an initialisation may take. */
const budgetMs = 350

const initialisation = middle(({ initMs }: ColdStart) => initMs)
const figures: Figure<ColdStart>[] = [
  ['zip, KB', middle(({ zippedBytes }) => zippedBytes / 1024), 1],
  ['init, ms', initialisation],
  ['first, ms', middle(({ firstMs }) => firstMs)],
  ['next, ms', middle(({ nextMs }) => nextMs), 1],
]

/** The table of medians by function, the slowest first, and whether all keep the budget. */
export function coldStartReport(starts: readonly ColdStart[]): string {
  const groups = [...Map.groupBy(starts, ({ key }) => key)].sort(
    ([, one], [, other]) => initialisation(other) - initialisation(one),
  )
  const missed = groups.filter(([, group]) => initialisation(group) > budgetMs).map(([key]) => key)
  const verdict = missed.length === 0 ? 'is kept' : `is missed by ${missed.join(', ')}`
  const slowest = formatted(initialisation(groups[0]?.[1] ?? []))
  return `${figureTable('function', groups, figures)}\n\nThe slowest initialisation takes ${slowest} ms; the budget of ${budgetMs} ms ${verdict}.`
}
