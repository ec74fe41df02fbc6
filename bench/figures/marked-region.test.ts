import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { replaceRegion } from './marked-region.ts'

const page = `# Title
<!-- bench:begin -->
old figures
<!-- bench:end -->
between
<!-- size:begin --><!-- size:end -->
`

describe('a marked region', () => {
  it('gets new content, and nothing around it changes', () => {
    const written = replaceRegion(page, 'bench', 'new $& figures\n')

    expect(written).toBe(page.replace('old figures', () => 'new $& figures'))
  })

  it('may be empty before', () => {
    const written = replaceRegion(page, 'size', 'figures')

    expect(written).toContain('<!-- size:begin -->\nfigures\n<!-- size:end -->\n')
  })

  it('can be written again and again', () => {
    const once = replaceRegion(page, 'bench', 'figures')

    expect(replaceRegion(once, 'bench', 'figures')).toBe(once)
  })

  it.each([
    ['is missing', ''],
    ['has no end', '<!-- bench:begin -->'],
    ['ends before it begins', '<!-- bench:end --><!-- bench:begin -->'],
    ['is there twice', page + page],
    ['has two ends', `${page}<!-- bench:end -->`],
  ])('that %s is refused', (_, text) => {
    expect(() => replaceRegion(text, 'bench', 'figures')).toThrow('<!-- bench:begin -->')
  })
})

it.each(['bench', 'size', 'cold-start'])('docs/performance.md has a region for %s', (name) => {
  const written = replaceRegion(readFileSync('docs/performance.md', 'utf8'), name, 'figures')

  expect(written).toContain(`<!-- ${name}:begin -->\nfigures\n<!-- ${name}:end -->`)
})
