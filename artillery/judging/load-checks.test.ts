import { describe, expect, it } from '@jest/globals'
import { runRecord, sample } from '../../tests/support/run-record.ts'
import type { RunRecord } from '../run.ts'
import { loadSettings } from '../settings.ts'
import { loadChecks } from './load-checks.ts'

const missedBy = (run: RunRecord) =>
  loadChecks(run)
    .filter(({ passed }) => !passed)
    .map(({ what }) => what)

/** A good run, changed by `change`. */
function changed(change: (run: RunRecord) => void): RunRecord {
  const run = runRecord()
  change(run)
  return run
}

describe('a load', () => {
  it('passes when everything is as it has to be', () => {
    expect(missedBy(runRecord())).toEqual([])
  })

  it.each<[string, (run: RunRecord) => void, string[]]>([
    [
      'a user failed',
      ({ generator: { aggregate } }) =>
        Object.assign(aggregate.counters, { 'vusers.failed': 1, 'vusers.completed': 999 }),
      ['failed users'],
    ],
    [
      'a user was never finished',
      ({ generator: { aggregate } }) => Object.assign(aggregate.counters, { 'vusers.completed': 999 }),
      ['users that were not finished'],
    ],
    [
      'the shop answered 503',
      ({ generator: { aggregate } }) => Object.assign(aggregate.counters, { 'http.codes.503': 1 }),
      ['answers 5xx', 'answers other than 202'],
    ],
    [
      'the rate was not held',
      ({ generator: { aggregate } }) =>
        Object.assign(aggregate, { lastMetricAt: aggregate.lastMetricAt + 1000 }),
      ['users a second, the ramp included'],
    ],
    [
      "artillery's thresholds were missed",
      (run) => Object.assign(run, { keptThresholds: false }),
      ['thresholds in pure.yml'],
    ],
    [
      'answers were slow',
      ({ limits }) => Object.assign(limits, { p95Ms: 7, sessionP99Ms: 15 }),
      ['first byte of an answer, p95', 'whole user, p99'],
    ],
    [
      'orders settled late',
      ({ settlement }) => Object.assign(settlement, { p99: 251 }),
      ['order settled after, p99'],
    ],
    [
      'no order was settled',
      ({ settlement }) => Object.assign(settlement, { p99: null }),
      ['order settled after, p99'],
    ],
    [
      'a promised order is lost',
      ({ settlement }) => Object.assign(settlement, { accepted: 999 }),
      ['orders kept of those promised with 202'],
    ],
    [
      'an order is there that nobody was promised',
      ({ settlement }) => Object.assign(settlement, { accepted: 1001 }),
      ['orders kept of those promised with 202'],
    ],
    [
      'an order is left pending',
      ({ settlement }) => Object.assign(settlement, { pending: 1 }),
      ['orders not settled'],
    ],
    [
      'more left the stock than was sold',
      ({ audit }) => Object.assign(audit.reconciliation.products[0] ?? {}, { gone: 1001 }),
      ['pieces gone from the stock'],
    ],
    [
      'the audit found a violation',
      ({ audit }) => audit.reconciliation.violations.push('x'),
      ['violations found by the audit'],
    ],
    [
      'the shop once took too much memory',
      ({ samples }) => samples.push(sample(11, { programs: { shop: { cpuPercent: 0, memoryMb: 401 } } })),
      ['memory of the shop'],
    ],
  ])('fails when %s', (_, change, missed) => {
    expect(missedBy(changed(change))).toEqual(missed)
  })

  it('may keep an order whose answer was lost on its way, when a user failed', () => {
    const run = changed(({ generator: { aggregate }, settlement }) => {
      Object.assign(aggregate.counters, {
        'vusers.failed': 1,
        'vusers.completed': 999,
        'http.codes.202': 999,
      })
      settlement.accepted = 1000
    })

    expect(missedBy(run)).toEqual(['failed users'])
  })

  it('expects refusals in the mixed load', () => {
    const run = changed(({ generator: { aggregate }, settings }) => {
      Object.assign(settings, loadSettings({ LOAD_SCENARIO: 'mixed' }), {
        rampSeconds: 0,
        rate: 100,
        seconds: 10,
      })
      Object.assign(aggregate.counters, { 'http.codes.400': 20 })
    })

    expect(missedBy(run)).toEqual([])
  })

  it('says nothing of the memory of a shop that runs elsewhere', () => {
    const run = runRecord({ samples: [sample(1, { programs: {} })] })

    expect(loadChecks(run).map(({ what }) => what)).not.toContain('memory of the shop')
  })
})
