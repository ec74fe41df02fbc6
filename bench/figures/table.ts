import { median } from './statistics.ts'

/**
 * A Markdown table whose columns are as wide as their widest cell, so that it also reads well in a terminal. The first
 * column stands left, the others right.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((_, at) =>
    Math.max(3, ...[titles, ...rows].map((cells) => cells[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (at === 0 ? cells[at]?.padEnd(width) : cells[at]?.padStart(width))).join(' | ')} |`
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(titles), line(rule), ...rows.map(line)].join('\n')
}

/** What a table says of a group of measurements: its title, its value, and the decimals of it. */
export type Figure<Measured> = [
  title: string,
  of: (group: readonly Measured[]) => number | string,
  digits?: number,
]

/** A table with a row for each group of measurements and a column for each figure. */
export function figureTable<Measured>(
  head: string,
  groups: Iterable<[name: string, group: readonly Measured[]]>,
  figures: readonly Figure<Measured>[],
): string {
  const rows = [...groups].map(([name, group]) => [
    name,
    ...figures.map(([, of, digits]) => formatted(of(group), digits)),
  ])
  return table([head, ...figures.map(([title]) => title)], rows)
}

/** The median of a group. */
export const middle =
  <Measured>(measure: (one: Measured) => number) =>
  (group: readonly Measured[]): number =>
    median(group.map(measure))

/** A number with thousands set apart and `digits` decimals, a dash for NaN; text as it is. */
export function formatted(value: number | string, digits = 0): string {
  if (typeof value === 'string') return value
  if (Number.isNaN(value)) return '–'
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
