/** What moves a terminal's cursor, ends a line or turns the direction of writing, and halves of characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * A text of somebody else in one line, so that a terminal shows it and does nothing else: `\n`, `\u{1b}` stand for what
 * can't be printed. At most `most` characters of it, with `…` behind them where there were more.
 */
export function printable(text: string, most = Number.POSITIVE_INFINITY): string {
  const seen = text.length > most ? `${text.slice(0, most)}…` : text
  return seen.replace(
    unprintable,
    (character) => short[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}

const longestShown = 80

/** A header of any type, in few words. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return printable(value, longestShown)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '(a list)' : '(a table)'
  return String(value)
}

const mostNames = 5
const longestName = 40

/** The first few of some names. */
export function someOf(names: readonly string[]): string {
  const first = names.slice(0, mostNames).map((name) => printable(name, longestName))
  return [...first, ...(names.length > mostNames ? [`${names.length - mostNames} more`] : [])].join(', ')
}
