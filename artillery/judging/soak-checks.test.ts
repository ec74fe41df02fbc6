import { describe, expect, it } from '@jest/globals'
import { metrics, runRecord, sample } from '../../tests/support/run-record.ts'
import { soakChecks } from './soak-checks.ts'

const seconds = 600
const range = Array.from({ length: seconds }, (_, second) => second)
const missedBy = (members: Parameters<typeof runRecord>[0]) =>
  soakChecks(runRecord({ seconds, ...members }))
    .filter(({ passed }) => !passed)
    .map(({ what }) => what)

describe('a soak', () => {
  it.each<[string, (second: number) => number, string[]]>([
    ['passes when nothing grows', () => 300, []],
    ['forgives what grows in the first two minutes', (second) => Math.min(300, 100 + 2 * second), []],
    ['forgives a saw, as garbage collection draws it', (second) => 300 + (second % 20) * 3, []],
    [
      'finds memory that grows by a tenth of a megabyte a second',
      (second) => 300 + second / 10,
      ['rise of the memory of the shop'],
    ],
  ])('%s', (_, memoryMb, missed) => {
    const samples = range.map((second) =>
      sample(second, { programs: { shop: { cpuPercent: 50, memoryMb: memoryMb(second) } } }),
    )

    expect(missedBy({ samples })).toEqual(missed)
  })

  it('finds answers that get slower', () => {
    const { generator } = runRecord({ seconds })
    const intermediate = range
      .filter((second) => second % 10 === 0)
      .map((from) => metrics({ from, p95: 8 + from / 100 }))

    expect(missedBy({ generator: { ...generator, intermediate } })).toEqual([
      'rise of the p95 of the whole user',
    ])
  })

  it('finds orders that settle later and later', () => {
    const { settlement } = runRecord({ seconds })
    const perSecond = settlement.perSecond.map((row, second) => ({ ...row, p95: 90 + second / 10 }))

    expect(missedBy({ settlement: { ...settlement, perSecond } })).toEqual(['rise of the p95 of settling'])
  })

  it('fails when it was too short to tell', () => {
    expect(missedBy({ seconds: 120 })).toHaveLength(3)
  })
})
