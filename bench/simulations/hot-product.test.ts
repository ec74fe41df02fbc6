import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { main } from './hot-product.ts'

function run(...args: string[]): { code: number; text: string } {
  const lines: string[] = []
  const code = main(args, (line) => lines.push(line))
  return { code, text: lines.join('\n') }
}

const tablesOf = (text: string) => text.split('\n\n').filter((part) => part.startsWith('|'))

describe('npm run simulate:hot-product', () => {
  it('prints the tables that docs/scale.md has', () => {
    const { code, text } = run()
    const page = readFileSync('docs/scale.md', 'utf8')

    expect(code).toBe(0)
    expect(tablesOf(text)).toHaveLength(4)
    for (const table of tablesOf(text)) expect(page).toContain(table)
  })

  it('counts with the times that it is given', () => {
    const { text } = run('--lock', '2+0', '--consumer', '4+0', '--round-trip', '0')

    expect(tablesOf(text)[0]).toMatch(/\| +100 \| +2.00 \| +50,000 \| +4.00 \| +25,000 \|/)
  })

  it('adds the round trips within a batch', () => {
    const { text } = run('--lock', '2+0', '--consumer', '4+0', '--round-trip', '2')

    expect(tablesOf(text)[0]).toMatch(/\| +100 \| +12.00 \| +8,333 \| +18.00 \| +5,555 \|/)
  })

  it.each([
    [['--lock', 'soon'], '--lock can\'t be "soon".'],
    [['--consumer', '1+2+3'], '--consumer can\'t be "1+2+3".'],
    [['--round-trip', '-1'], '--round-trip'],
    [['--speed', '9'], '--speed'],
  ])('explains itself when it does not understand %j', (args, message) => {
    const { code, text } = run(...args)

    expect(code).toBe(2)
    expect(text).toContain(message)
    expect(text).toContain('npm run simulate:hot-product')
  })
})
