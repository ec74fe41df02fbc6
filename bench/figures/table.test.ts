import { expect, it } from '@jest/globals'
import { figureTable, formatted, middle } from './table.ts'

it('lays groups of measurements out in columns of one width', () => {
  const groups = new Map([
    ['shop', [12_345, 12_345, 1]],
    ['another', [7]],
  ])

  const text = figureTable('target', groups, [
    ['rate', middle((rate) => rate)],
    ['range', (rates) => `${Math.min(...rates)}–`],
  ])

  expect(text.split('\n')).toEqual([
    '| target  |   rate | range |',
    '| ------- | -----: | ----: |',
    '| shop    | 12,345 |    1– |',
    '| another |      7 |    7– |',
  ])
})

it('sets thousands apart, keeps the decimals that are asked for, and has a dash for what is no number', () => {
  expect([formatted(12_345.6), formatted(1.5, 2), formatted(Number.NaN)]).toEqual(['12,346', '1.50', '–'])
})
