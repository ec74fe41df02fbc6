type Alignment = 'left' | 'right'

/** A column of a table: its title, and where its cells stand. */
export interface Column {
  title: string
  align?: Alignment
}

/** A Markdown table whose columns are as wide as their widest cell, so that it also reads well in a terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(3, title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ align }, index) => padded(cells[index] ?? '', widths[index] as number, align)).join(' | ')} |`
  const rule = columns.map(({ align }, index) => {
    const width = widths[index] as number
    return align === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)
  })
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n')
}

const padded = (text: string, width: number, align: Alignment = 'left') =>
  align === 'right' ? text.padStart(width) : text.padEnd(width)

/** A number with thousands set apart and `digits` decimals. */
export const formatted = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
