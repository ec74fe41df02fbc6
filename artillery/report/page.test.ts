import { describe, expect, it } from '@jest/globals'
import { runRecord } from '../../tests/support/run-record.ts'
import { atMost, exactly } from '../judging/check.ts'
import { reportPage } from './page.ts'

const page = reportPage(runRecord(), [exactly('failed users', 0, 0)], 'load, pure')

describe('the page of the report', () => {
  it('loads nothing: no link, no source, no import, no URL in a style', () => {
    const loading =
      /<(?:link|img|iframe|object|embed|base)\b|\s(?:src|href|srcset|action)\s*=\s*["']|@import|url\(|\bimport\s*\(|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon/gi

    expect(page.match(loading)).toBeNull()
  })

  it('forbids itself to load anything', () => {
    expect(page).toContain(
      `content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"`,
    )
  })

  it('shows the verdict, every check, and the books', () => {
    expect(page).toContain('<span class="badge reached">PASSED</span> all 1 targets reached')
    expect(page).toContain('<li class="reached">failed users <b>0</b></li>')
    expect(page).toContain('<b>1,000</b> orders in the database = <b>1,000</b> confirmed')
    expect(page).toContain(
      '<b>1,000,000</b> pieces put into stock = <b>1,000</b> sold + <b>0</b> reserved + <b>999,000</b> left',
    )
  })

  it('begins with the checks that were missed, each with its limit', () => {
    const checks = [exactly('failed users', 0, 0), atMost('whole user, p95', 44, 15, 'ms')]

    const chips = reportPage(runRecord(), checks, '').match(/<li class=.*?<\/li>/g)

    expect(chips).toEqual([
      '<li class="missed">whole user, p95 <b>44 ms</b> <small>≤ 15 ms</small></li>',
      '<li class="reached">failed users <b>0</b></li>',
    ])
  })

  it('shows what is wrong with books that do not balance', () => {
    const run = runRecord()
    Object.assign(run.audit.reconciliation.products[0] ?? {}, { left: 999_001 })
    run.audit.reconciliation.violations.push('product 7 has 999001 pieces, but the ledger says 999000')

    const broken = reportPage(run, [], '')

    expect(broken).toContain('<span class="badge missed">1 violation</span>')
    expect(broken).toContain('pieces put into stock ≠')
    expect(broken).toContain('<li>product 7 has 999001 pieces, but the ledger says 999000</li>')
  })

  it('shows text as text', () => {
    const run = runRecord({ machine: '<script>alert(1)</script>' })
    run.audit.reconciliation.violations.push('order <em>1</em>')
    run.samples.forEach((sample) => {
      sample.queues = { '</script><script>alert(2)': 1 }
    })

    const hostile = reportPage(run, [exactly('<i>', 1, 0)], '<u>')

    expect(hostile).not.toMatch(/<script>alert|<em>1|<i>|<u>/)
  })

  it('says in red that the generator was saturated', () => {
    const run = runRecord()
    run.samples.forEach((sample) => {
      sample.generatorThreadPercent = 97
    })

    expect(reportPage(run, [], '')).toMatch(/<p class="warning">The load generator was saturated/)
  })
})
