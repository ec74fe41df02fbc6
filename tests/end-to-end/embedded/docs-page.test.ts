import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '../../../bench/processes/eventually.ts'
import { openBrowser } from '../../support/browser.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'

let shop: EmbeddedShop
let browser: Browser
let page: Page
const requested: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  await shop.start()
  browser = await openBrowser()
  page = await browser.newPage({ colorScheme: 'light' })
  page.on('request', (request) => requested.push(request.url()))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${shop.url}/docs`)
}, 120_000)

afterAll(async () => {
  await browser?.close()
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
      'GET /metrics',
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

  it('folds the headers of every answer away, until somebody asks for them', async () => {
    await page.reload()
    const operation = page.locator('[id$="-getOrder"]')
    await operation.locator('.opblock-summary-control').click()
    const answer = operation.locator('tr.response', { hasText: 'The order.' })
    const header = answer.getByText('strict-transport-security')

    const before = await header.isVisible()
    await answer.getByText('Headers', { exact: true }).click()

    expect(before).toBe(false)
    expect(await header.isVisible()).toBe(true)
  })

  it('has the colours that the reader asks for, at once when that changes', async () => {
    const brightness = async () => {
      const color = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
      const [red = 0, green = 0, blue = 0, opacity = 1] =
        String(color)
          .match(/[\d.]+/g)
          ?.map(Number) ?? []
      return opacity === 0 ? 255 : (red + green + blue) / 3
    }

    const light = await brightness()
    await page.emulateMedia({ colorScheme: 'dark' })
    await eventually(async () => (await brightness()) < 64)
    await page.emulateMedia({ colorScheme: 'light' })
    await eventually(async () => (await brightness()) > 192)

    expect(light).toBeGreaterThan(192)
  })

  it('asks nobody but the shop, and has nothing to complain of', () => {
    const others = requested.filter((url) => !url.startsWith(`${shop.url}/`) && !url.startsWith('data:'))

    expect(requested.length).toBeGreaterThan(3)
    expect(others).toEqual([])
    expect(complaints).toEqual([])
  })
})

describe('the page at / in a browser', () => {
  it('has its own style, nothing to complain of, and leads to /docs', async () => {
    const home = await browser.newPage()
    const messages: string[] = []
    home.on('console', (message) => messages.push(message.text()))
    await home.goto(shop.url)

    const width = await home.evaluate('getComputedStyle(document.body).maxWidth')
    await home.getByRole('link', { name: '/docs' }).click()
    await home.locator('.opblock').first().waitFor()

    expect(width).toBe('640px')
    expect(messages).toEqual([])
    expect(new URL(home.url()).pathname).toBe('/docs')
    await home.close()
  })
})
