import { expect, it } from '@jest/globals'
import { formatted, table } from './table.ts'

it('lays a Markdown table out in columns of one width', () => {
  const text = table(
    [{ title: 'target' }, { title: 'rate', align: 'right' }],
    [
      ['shop', '12,345'],
      ['another', '7'],
    ],
  )

  expect(text.split('\n')).toEqual([
    '| target  |   rate |',
    '| ------- | -----: |',
    '| shop    | 12,345 |',
    '| another |      7 |',
  ])
})

it('leaves a cell that is not given empty', () => {
  const text = table([{ title: 'one' }, { title: 'two' }], [['1']])

  expect(text.split('\n').at(-1)).toBe('| 1   |     |')
})

it('sets thousands apart and keeps the decimals that are asked for', () => {
  expect([formatted(12_345.6), formatted(1.5, 2)]).toEqual(['12,346', '1.50'])
})
