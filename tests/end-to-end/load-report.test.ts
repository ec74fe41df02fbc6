import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Locator, Page } from 'playwright-core'
import { loadChecks } from '../../artillery/judging/load-checks.ts'
import { chartsOf } from '../../artillery/report/charts.ts'
import { reportPage } from '../../artillery/report/page.ts'
import { eventually } from '../../bench/processes/eventually.ts'
import { openBrowser, watchedPage } from '../support/browser.ts'
import { runRecord } from '../support/run-record.ts'

const run = runRecord()
const laptop = { width: 1280, height: 800 }
const telephone = { width: 360, height: 740 }
let folder = ''
let address = ''
let browser: Browser
let page: Page
const complaints: string[][] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockroom-report-'))
  const file = join(folder, 'report.html')
  await writeFile(file, reportPage(run, loadChecks(run), 'load, pure, 100/s for 10 s'))
  address = pathToFileURL(file).href
  browser = await openBrowser()
  page = await opened({ viewport: laptop })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

async function opened(options: Parameters<Browser['newPage']>[0]): Promise<Page> {
  const { page: opening, complaints: noted } = await watchedPage(browser, options)
  complaints.push(noted)
  await opening.goto(address)
  return opening
}

/** By how many pixels each chart goes beyond the head of its card; below zero where it ends before. */
async function overhangs(opening: Page): Promise<number[]> {
  const cards = await opening.locator('.chart').all()
  const rightOf = async (part: Locator) => {
    const box = await part.boundingBox()
    return (box?.x ?? 0) + (box?.width ?? 0)
  }
  const pairs = cards.map(async (card) => [
    await rightOf(card.locator('.u-wrap')),
    await rightOf(card.locator('h2')),
  ])
  return (await Promise.all(pairs)).map(([chart = 0, head = 0]) => Math.round(chart - head))
}

describe('the report in Chromium', () => {
  it('draws them anew when their cards get another width, without the window having changed', async () => {
    const own = await opened({ viewport: laptop })

    await own.addStyleTag({ content: 'body { max-width: 700px }' })

    await eventually(async () => (await overhangs(own)).every((overhang) => overhang === 0))
    await own.close()
  })

  it.each([
    ['a laptop', laptop, 'light'],
    ['a telephone', telephone, 'light'],
    ['a telephone', telephone, 'dark'],
  ] as const)('fits %s, every chart as wide as its card', async (_, viewport, colorScheme) => {
    const own = await opened({ viewport, colorScheme })

    const widest = await own.evaluate('document.documentElement.scrollWidth')
    const overhang = await overhangs(own)
    await own.close()

    expect(widest).toBe(viewport.width)
    expect(overhang).toEqual(chartsOf(run).map(() => 0))
  })

  it('shows the verdict, the checks and the books before one scrolls', async () => {
    for (const part of ['.verdict', '.checks', '.books']) {
      const box = await page.locator(part).boundingBox()
      expect(box).not.toBeNull()
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(laptop.height)
    }
  })

  it('tells the target of p95 from that of p99 by their colours', async () => {
    const latency = page.locator('.chart', { hasText: 'Latency of the whole user' })

    const markers = await latency.locator('.u-series', { hasText: 'target' }).locator('.u-marker').all()
    const styles = await Promise.all(markers.map((marker) => marker.getAttribute('style')))

    expect(styles).toHaveLength(2)
    expect(new Set(styles).size).toBe(2)
  })

  it('names every series in the legends', async () => {
    const names = await page.locator('.u-label').allInnerTexts()

    expect(names).toEqual(
      expect.arrayContaining(chartsOf(run).flatMap(({ series }) => series.map(({ label }) => label))),
    )
  })

  it('has nothing to complain of', () => {
    expect(complaints.flat()).toEqual([])
  })
})
