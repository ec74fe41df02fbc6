import { expect, it } from '@jest/globals'
import { rowOf } from '../../tests/support/table-row.ts'
import { type PeakRound, peakReport, smoothReport } from './peak-report.ts'

const target = (name: string) => ({ name, description: `what ${name} is` })
const round = (name: string, perSecond: number, given: Partial<PeakRound> = {}): PeakRound => ({
  name,
  perSecond,
  accepted: perSecond,
  failed: 0,
  p50Ms: 5,
  p95Ms: 8,
  p99Ms: 9,
  generatorLoad: 0.3,
  cpuMs: new Map([['shop', perSecond]]),
  settlement: { settledPerSecond: perSecond / 2, drainedAfterSeconds: 0.25 },
  settledP99Ms: 40,
  ...given,
})

const both = [target('shop'), target('Plain')]

it('shows the medians of the rounds, the lowest and the highest, and what settles beside the yardstick', () => {
  const rounds = [
    ...[3000, 9000, 6000].map((rate) => round('shop', rate)),
    ...[2000, 2400, 1000].map((rate) => round('Plain', rate)),
  ]

  const report = peakReport(both, rounds, 'Plain')

  expect(rowOf(report, 'shop')).toEqual([
    ...['shop', '6,000', '3,000–9,000', '3,000', '3.00', '5.0', '9.0', '0', '1,000', '0.3'],
  ])
  expect(rowOf(report, 'Plain')?.[4]).toBe('1.00')
})

it('counts the errors of all rounds', () => {
  const report = peakReport(
    [target('shop')],
    [1, 0, 2].map((failed) => round('shop', 1, { failed })),
    'Plain',
  )

  expect(rowOf(report, 'shop')?.[7]).toBe('3')
})

it('compares with nobody where the yardstick does not take part', () => {
  const report = peakReport([target('shop')], [round('shop', 1000)], 'Plain')

  expect(rowOf(report, 'shop')?.[4]).toBe('–')
})

it('says what each target is', () => {
  const report = peakReport(both, [round('shop', 1), round('Plain', 1)], 'Plain')

  expect(report).toContain('- **shop**: what shop is.')
})

it('warns of figures that a saturated load generator has limited', () => {
  const rounds = [round('shop', 1, { generatorLoad: 0.97 }), round('Plain', 1)]

  const report = peakReport(both, rounds, 'Plain')

  expect(report.split('\n').at(-1)).toMatch(/saturated.*: shop\.$/)
})

it('shows at a constant rate how long clients and orders waited', () => {
  const report = smoothReport([target('shop')], [round('shop', 1000)])

  expect(rowOf(report, 'shop')).toEqual([
    ...['shop', '1,000', '5.0', '8.0', '9.0', '0', '500', '40', '1,000'],
  ])
})
