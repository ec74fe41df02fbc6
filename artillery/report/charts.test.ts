import { describe, expect, it } from '@jest/globals'
import { runRecord, sample } from '../../tests/support/run-record.ts'
import type { RunRecord } from '../run.ts'
import { chartsOf } from './charts.ts'

function curve(run: RunRecord, title: string, label: string) {
  const chart = chartsOf(run).find((candidate) => candidate.title === title)
  const values = chart?.series.find((series) => series.label === label)?.values ?? []
  return Object.fromEntries((chart?.moments ?? []).map((moment, index) => [moment, values[index]]))
}

describe('the charts', () => {
  it('show the orders of every second, and a zero where nobody ordered', () => {
    const run = runRecord({ seconds: 3 })
    run.settlement.perSecond.splice(1, 1)

    expect(curve(run, 'Rate', 'orders accepted')).toMatchObject({ 0: 100, 1: 0, 2: 100 })
  })

  it('show the percentiles of artillery in the middle of each period', () => {
    const run = runRecord({ seconds: 20 })

    expect(curve(run, 'Latency of the whole user', 'p95')).toMatchObject({ 5: 8, 15: 8 })
  })

  it('show how long orders took to settle', () => {
    expect(curve(runRecord(), 'From accepted to settled', 'p99')).toMatchObject({ 0: 120, 9: 120 })
  })

  it('show each queue', () => {
    expect(curve(runRecord(), 'What waits', 'stock-reduction')).toMatchObject({ 4: 1 })
  })

  it('show the programs that were seen, and what the rest of the machine used', () => {
    const cpu = chartsOf(runRecord()).find(({ title }) => title === 'CPU')

    expect(cpu?.series.map(({ label }) => label)).toEqual(['shop', 'generator', 'everything else'])
    expect(curve(runRecord(), 'CPU', 'everything else')).toMatchObject({ 3: 10 })
  })

  it('begin with the load', () => {
    const run = runRecord({ samples: [sample(-4), sample(1)] })

    expect(curve(run, 'Memory', 'shop')).not.toHaveProperty('-4')
  })
})
