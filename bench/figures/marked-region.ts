import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const performancePage = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))

/**
 * Replaces what stands in `text` between `<!-- name:begin -->` and `<!-- name:end -->`; the marks stay.
 * @throws Error when the marks aren't there once each, in this order
 */
export function replaceRegion(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [before, rest, ...moreBegins] = text.split(begin)
  const [, after, ...moreEnds] = (rest ?? '').split(end)
  if (after === undefined || moreBegins.length + moreEnds.length > 0 || before?.includes(end)) {
    throw new Error(`There has to be one ${begin} with one ${end} after it.`)
  }
  return `${before}${begin}\n${content.trim()}\n${end}${after}`
}

/** Writes figures into their region of docs/performance.md. */
export function writeFigures(name: 'bench' | 'profile' | 'size' | 'cold-start', content: string): void {
  writeFileSync(performancePage, replaceRegion(readFileSync(performancePage, 'utf8'), name, content))
}
