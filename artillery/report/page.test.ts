import { describe, expect, it } from '@jest/globals'
import { runRecord } from '../fixtures/run-record.ts'
import { exactly } from '../judging/check.ts'
import { reportPage } from './page.ts'

const page = reportPage(runRecord(), [exactly('failed users', 0, 0)], 'PASSED  load')

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
    expect(page).toContain('<p class="verdict passed">PASSED  load</p>')
    expect(page).toContain('<tr><td>failed users</td><td>0</td><td>0</td><td>ok</td></tr>')
    expect(page).toContain(
      '<tr><td>7</td><td>1,000,000</td><td>1,000</td><td>1,000</td><td>999,000</td></tr>',
    )
  })

  it('shows text as text', () => {
    const run = runRecord({ machine: '<script>alert(1)</script>' })
    run.audit.books.breaches.push('order <b>1</b>')
    run.samples.forEach((sample) => {
      sample.queues = { '</script><script>alert(2)': 1 }
    })

    const hostile = reportPage(run, [exactly('<i>', 1, 0)], 'FAILED <u>')

    expect(hostile).not.toMatch(/<script>alert|<b>1|<i>|<u>/)
  })

  it('says in red that the generator was saturated', () => {
    const run = runRecord()
    run.samples.forEach((sample) => {
      sample.generatorThreadPercent = 97
    })

    expect(reportPage(run, [], '')).toMatch(/<p class="warning">The load generator was saturated/)
  })
})
