import { expect, it } from '@jest/globals'
import { rowOf } from '../../tests/support/table-row.ts'
import type { Cell } from '../size/measure.ts'
import { sizeReport } from './size-report.ts'

const cell = (operation: string, orders: number, p50Ms: number): Cell => ({
  operation,
  orders,
  p50Ms,
  p95Ms: p50Ms * 2,
})

it('shows the median of the rounds by size, and its ratio to the smallest size', () => {
  const cells = [
    ...[1, 2, 9].map((ms) => cell('get', 1000, ms)),
    ...[5, 2.5, 2].map((ms) => cell('get', 100_000, ms)),
  ]

  const report = sizeReport(cells)

  expect(rowOf(report, 'get')).toEqual(['get', '2.00 (4.00)', '2.50 (5.00)', '1.25'])
})

it('puts the sizes in rising order', () => {
  const report = sizeReport([cell('get', 5000, 1), cell('get', 100, 1)])

  expect(report.split('\n')[0]).toMatch(/100 orders .* 5,000 orders .* 5,000 ÷ 100/)
})

it('says that the target is kept when no ratio is above it', () => {
  const report = sizeReport([cell('get', 100, 1), cell('get', 5000, 1.3)])

  expect(report).toContain('The highest ratio is 1.30; the target of at most 1.3 is kept.')
})

it('names what misses the target', () => {
  const cells = [cell('get', 100, 1), cell('get', 5000, 1), cell('list', 100, 1), cell('list', 5000, 2)]

  const report = sizeReport(cells)

  expect(report).toContain('The highest ratio is 2.00; the target of at most 1.3 is missed by: list.')
})
