import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const pages = globSync(['*.md', 'docs/*.md', '{artillery,infrastructure,plugins/*}/*.md'], {
  exclude: (name) => name === 'node_modules',
})
const packages = (page: string) => ['package.json', join(dirname(page), 'package.json')].filter(existsSync)
const scriptsOf = (page: string) =>
  packages(page).flatMap((path) => Object.keys(JSON.parse(readFileSync(path, 'utf8')).scripts ?? {}))
const allOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8')

  it('names npm scripts that there are', () => {
    const named = allOf(text, /\bnpm run (?:-s |--silent )?([a-z][\w:-]*)\b(?! [^`\n]*--prefix)/g)

    expect(named.filter((name) => !scriptsOf(page).includes(name))).toEqual([])
  })

  it('links to files that there are', () => {
    const linked = allOf(text, /\]\((?!https?:|mailto:|#)([^)#\s]+)/g)

    expect(linked.filter((path) => !existsSync(join(dirname(page), path)))).toEqual([])
  })
})

it('the handler in README.md is the one in its file', () => {
  const [, code = 'none'] = /```ts\n(.+?)\n```/s.exec(readFileSync('README.md', 'utf8')) ?? []

  expect(readFileSync('functions/products/update-product.ts', 'utf8')).toContain(code)
})
