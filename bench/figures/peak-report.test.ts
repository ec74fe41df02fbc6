import { expect, it } from '@jest/globals'
import { rowOf } from '../../tests/support/table-row.ts'
import { type PeakRound, peakReport } from './peak-report.ts'

const contender = (name: string) => ({ name, description: `what ${name} is` })
const round = (name: string, perSecond: number, given: Partial<PeakRound> = {}): PeakRound => ({
  name,
  perSecond,
  accepted: perSecond,
  failed: 0,
  p50Ms: 5,
  p99Ms: 9,
  generatorLoad: 0.3,
  ...given,
})

const both = [contender('shop'), contender('Plain')]

it('shows the median of the rounds with the lowest and the highest, and what it is to the yardstick', () => {
  const rounds = [
    ...[3000, 9000, 6000].map((rate) => round('shop', rate)),
    ...[2000, 2400, 1000].map((rate) => round('Plain', rate)),
  ]

  const report = peakReport(both, rounds, 'Plain')

  expect(rowOf(report, 'shop')?.slice(0, 3)).toEqual(['shop', '6,000', '3,000–9,000'])
  expect(rowOf(report, 'shop')?.[6]).toBe('3.00')
  expect(rowOf(report, 'Plain')?.[6]).toBe('1.00')
})

it('counts the errors of all rounds', () => {
  const report = peakReport(
    [contender('shop')],
    [1, 0, 2].map((failed) => round('shop', 1, { failed })),
    'Plain',
  )

  expect(rowOf(report, 'shop')?.[5]).toBe('3')
})

it('compares with nobody where the yardstick does not take part', () => {
  const report = peakReport([contender('shop')], [round('shop', 1000)], 'Plain')

  expect(rowOf(report, 'shop')?.[6]).toBe('–')
})

it('shows what became of the orders, and nothing where none are stored', () => {
  const settlement = { settledShare: 0.5, queued: 1200, drainedAfterSeconds: 12.34 }

  const report = peakReport(both, [round('shop', 1, { settlement }), round('Plain', 1)], 'Plain')

  expect(rowOf(report, 'shop')?.slice(7)).toEqual(['0.50', '1,200', '12.3'])
  expect(rowOf(report, 'Plain')?.slice(7)).toEqual(['–', '–', '–'])
})

it('says what each contender is', () => {
  const report = peakReport(both, [round('shop', 1), round('Plain', 1)], 'Plain')

  expect(report).toContain('- **shop**: what shop is.')
})

it('warns of figures that a saturated load generator has limited', () => {
  const rounds = [round('shop', 1, { generatorLoad: 0.97 }), round('Plain', 1)]

  const report = peakReport(both, rounds, 'Plain')

  expect(report.split('\n').at(-1)).toMatch(/saturated.*: shop\.$/)
})
