import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { main } from './hot-product.ts'

interface Service {
  functions: Record<string, { memorySize?: number; events?: object[] }>
}

const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }

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

  it('counts with the memory that serverless.yml gives to the consumers', () => {
    const { functions } = load(readFileSync('serverless.yml', 'utf8')) as Service

    const consumers = Object.values(functions).filter(({ events = [] }) =>
      events.some((event) => 'rabbitmq' in event),
    )

    expect(new Set(consumers.map(({ memorySize }) => memorySize))).toEqual(new Set([1769]))
    expect(run('--memory', '1769').text).toBe(run().text)
  })

  /** Times that are easily added up. */
  const fixed = ['--lock', '2+0', '--consumer', '4+0', '--cpu', '2+0']
  const firstTable = (...args: string[]) => tablesOf(run(...fixed, ...args).text)[0]

  it('counts with the times that it is given', () => {
    expect(firstTable('--round-trip', '0', '--poller', '0')).toMatch(
      /\| +100 \| +2.00 \| +50,000 \| +4.00 \| +25,000 \|/,
    )
  })

  it('has the share of a core that Lambda gives to the memory, and one core at most', () => {
    const busy = (memory: string) => firstTable('--round-trip', '0', '--poller', '0', '--memory', memory)

    expect(busy('884.5')).toMatch(/\| +100 \| +2.00 \| +50,000 \| +6.00 \| +16,666 \|/)
    expect(busy('3008')).toMatch(/\| +100 \| +2.00 \| +50,000 \| +4.00 \| +25,000 \|/)
  })

  it('adds the round trips within a batch', () => {
    expect(firstTable('--round-trip', '2', '--poller', '0')).toMatch(
      /\| +100 \| +4.00 \| +25,000 \| +12.00 \| +8,333 \|/,
    )
  })

  it('adds what the poller takes between two batches to the time of a consumer', () => {
    expect(firstTable('--round-trip', '0', '--poller', '16')).toMatch(
      /\| +100 \| +2.00 \| +50,000 \| +20.00 \| +5,000 \|/,
    )
  })

  it.each([
    [['--lock', 'soon'], '--lock can\'t be "soon".'],
    [['--cpu', '1+2+3'], '--cpu can\'t be "1+2+3".'],
    [['--memory', '0'], '--memory can\'t be "0".'],
    [['--round-trip', '-1'], '--round-trip'],
    [['--window', 'long'], '--window can\'t be "long".'],
    [['--speed', '9'], '--speed'],
  ])('explains itself when it does not understand %j', (args, message) => {
    const { code, text } = run(...args)

    expect(code).toBe(2)
    expect(text).toContain(message)
    expect(text).toContain('npm run simulate:hot-product')
  })
})
