import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const performancePage = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))

/** A region of docs/performance.md. */
export type Region = 'bench' | 'size' | 'cold-start'

/**
 * Replaces what stands in `text` between `<!-- name:begin -->` and `<!-- name:end -->`; the marks stay.
 * @throws Error when the marks aren't there once each, in this order
 */
export function replaceRegion(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [before, , after, ...more] = text.split(new RegExp(`${begin}|${end}`))
  const isMarked = text.includes(begin) && text.indexOf(begin) < text.indexOf(end)
  if (!isMarked || after === undefined || more.length > 0)
    throw new Error(`There has to be one ${begin} with one ${end} after it.`)
  return `${before}${begin}\n${content.trim()}\n${end}${after}`
}

/** Writes figures into their region of docs/performance.md. */
export function writeFigures(name: Region, content: string): void {
  writeFileSync(performancePage, replaceRegion(readFileSync(performancePage, 'utf8'), name, content))
}
