import { expect, it } from '@jest/globals'
import { coldStartReport } from './cold-start-report.ts'

const start = (key: string, initMs: number) => ({
  key,
  zippedBytes: 2048,
  initMs,
  firstMs: 2 * initMs,
  nextMs: 1.25,
})

it('has the medians of each function, the slowest first', () => {
  const starts = [start('quick', 90), start('slow', 300), start('quick', 110), start('slow', 200)]

  const report = coldStartReport(starts)

  expect(report.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    '| function | zip, KB | init, ms | first, ms | next, ms |',
    '| -------- | ------: | -------: | --------: | -------: |',
    '| slow | 2.0 | 250 | 500 | 1.3 |',
    '| quick | 2.0 | 100 | 200 | 1.3 |',
    '',
    'The slowest initialisation takes 250 ms; the budget of 350 ms is kept.',
  ])
})

it('names those that miss the budget', () => {
  const report = coldStartReport([start('quick', 350), start('slow', 351)])

  expect(report).toMatch(/the budget of 350 ms is missed by slow\.$/)
})
