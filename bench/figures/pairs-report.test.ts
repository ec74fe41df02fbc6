import { expect, it } from '@jest/globals'
import { rowOf } from '../../tests/support/table-row.ts'
import { pairsReport } from './pairs-report.ts'

const run = (perSecond: number, shop: number) => ({
  accepted: 1000,
  failed: 0,
  generatorLoad: 0.3,
  settlement: { settledPerSecond: perSecond, drainedAfterSeconds: 0 },
  perSecond,
  p50Ms: 1,
  p95Ms: 20_000 / perSecond,
  p99Ms: 30,
  settledP99Ms: 40,
  cpuMs: new Map([
    ['shop', shop],
    ['Redis', 10],
  ]),
})

const report = pairsReport(
  ['old', 'new'],
  [
    [run(1000, 100), run(900, 110)],
    [run(500, 200), run(500, 200)],
    [run(2000, 50), run(1900, 60)],
  ],
)

it('compares the second with the first within each pair, and takes the median of that', () => {
  expect(rowOf(report, 'orders/s')).toEqual(['orders/s', '1,000', '900', '0.950', '0.900 – 1.000'])
})

it('compares how long clients waited', () => {
  expect(rowOf(report, 'p95, ms')).toEqual(['p95, ms', '20', '22', '1.053', '1.000 – 1.111'])
})

it('shows what an order takes of each program, and of all together', () => {
  expect(rowOf(report, 'shop, µs of CPU per order')).toEqual([
    'shop, µs of CPU per order',
    '100',
    '110',
    '1.100',
    '1.000 – 1.200',
  ])
  expect(rowOf(report, 'together, µs of CPU per order')?.slice(1, 3)).toEqual(['110', '120'])
})
