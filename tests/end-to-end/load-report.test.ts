import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runRecord } from '../../artillery/fixtures/run-record.ts'
import { exactly } from '../../artillery/judging/check.ts'
import { findBrowser, renderedHtml } from '../../artillery/report/browser.ts'
import { chartsOf } from '../../artillery/report/charts.ts'
import { reportPage } from '../../artillery/report/page.ts'

const run = runRecord()
let folder = ''
let html = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockroom-report-'))
  const page = join(folder, 'report.html')
  await writeFile(page, reportPage(run, [exactly('failed users', 0, 0)], 'PASSED'))
  html = await renderedHtml(findBrowser() as string, page)
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the report in Chromium', () => {
  it('draws every chart', () => {
    expect(html.match(/<canvas/g)).toHaveLength(chartsOf(run).length)
  })

  it('names every series in the legends', () => {
    for (const { label } of chartsOf(run).flatMap(({ series }) => series))
      expect(html).toContain(`>${label}</div>`)
  })
})
