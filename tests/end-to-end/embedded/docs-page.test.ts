import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { pathOf } from '../../support/tools.ts'

/** It asks nobody but the page's own server, and root may start it. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

let shop: EmbeddedShop
let profile: string
let browser: BrowserContext
let page: Page
const requested: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  await shop.start()
  profile = await mkdtemp(join(tmpdir(), 'stockroom-chromium-'))
  browser = await chromium.launchPersistentContext(profile, { executablePath: pathOf('chromium'), args })
  page = browser.pages()[0] ?? (await browser.newPage())
  page.on('request', (request) => requested.push(request.url()))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${shop.url}/docs`)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await rm(profile, { recursive: true, force: true })
  await shop.remove()
})

/** Opens an operation, sends its example, and resolves to what was sent and what the page shows of the answer. */
async function tryOut(operationId: string) {
  const operation = page.locator(`[id$="-${operationId}"]`)
  const execute = operation.getByRole('button', { name: 'Execute' })
  if ((await execute.count()) === 0) await operation.locator('.opblock-summary-control').click()
  const [sent] = await Promise.all([page.waitForEvent('requestfinished'), execute.click()])
  const answer = operation.locator('.live-responses-table')
  await answer.waitFor()
  return {
    sent: sent.headers(),
    status: (await answer.locator('.response-col_status').last().innerText()).trim(),
    body: await answer.locator('.highlight-code').first().innerText(),
  }
}

describe('the page at /docs in a browser', () => {
  it('shows every part of the API', async () => {
    await page.locator('.opblock').first().waitFor()

    const text = await page.locator('#docs').innerText()

    for (const shown of [
      'Stockroom',
      'Products',
      'Orders',
      '/orders/product/{productId}',
      'ProblemDetails',
    ]) {
      expect(text).toContain(shown)
    }
  })

  it('orders what a new shop has, reads it and creates more, with the examples as they stand', async () => {
    const ordered = await tryOut('createOrder')
    const read = await tryOut('getProduct')
    const created = await tryOut('createProduct')

    expect(ordered).toMatchObject({ status: '202', body: expect.stringContaining('"status": "pending"') })
    expect(read).toMatchObject({ status: '200', body: expect.stringContaining('"id": 1,') })
    expect(created).toMatchObject({ status: '201', body: expect.stringContaining('"name": "Desk lamp"') })
  })

  it('fills in nothing that every order would have in common', async () => {
    const { sent } = await tryOut('createOrder')

    for (const name of ['idempotency-key', 'x-request-id', 'traceparent'])
      expect(sent).not.toHaveProperty(name)
  })

  it('asks nobody but the shop, and has nothing to complain of', () => {
    const others = requested.filter((url) => !url.startsWith(`${shop.url}/`) && !url.startsWith('data:'))

    expect(requested.length).toBeGreaterThan(3)
    expect(others).toEqual([])
    expect(complaints).toEqual([])
  })
})
