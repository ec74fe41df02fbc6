import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '../../../bench/processes/eventually.ts'
import { openBrowser, watchedPage } from '../../support/browser.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'

let shop: EmbeddedShop
let browser: Browser
let page: Page
let watched: Awaited<ReturnType<typeof watchedPage>>

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  await shop.start()
  browser = await openBrowser()
  watched = await watchedPage(browser, { colorScheme: 'light' })
  page = watched.page
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

    const parts = ['Stockroom', 'Products', 'Orders', 'ProblemDetails', 'GET /metrics']
    for (const shown of [...parts, '/orders/product/{productId}']) expect(text).toContain(shown)
  })

  it('orders what a new shop has, reads it and creates more, with the examples as they stand', async () => {
    const ordered = await tryOut('createOrder')
    const read = await tryOut('getProduct')
    const created = await tryOut('createProduct')

    expect(ordered).toMatchObject({ status: '202', body: expect.stringContaining('"status": "pending"') })
    expect(read).toMatchObject({ status: '200', body: expect.stringContaining('"id": 1,') })
    expect(created).toMatchObject({ status: '201', body: expect.stringContaining('"name": "Desk lamp"') })
    // Nothing that every order would have in common.
    for (const name of ['idempotency-key', 'x-request-id', 'traceparent'])
      expect(ordered.sent).not.toHaveProperty(name)
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
      const [red, green, blue, opacity = 1] =
        String(color)
          .match(/[\d.]+/g)
          ?.map(Number) ?? []
      return opacity === 0 ? 255 : (Number(red) + Number(green) + Number(blue)) / 3
    }

    const light = await brightness()
    await page.emulateMedia({ colorScheme: 'dark' })
    await eventually(async () => (await brightness()) < 64)
    await page.emulateMedia({ colorScheme: 'light' })
    await eventually(async () => (await brightness()) > 192)

    expect(light).toBeGreaterThan(192)
  })

  it('asks nobody but the shop, and has nothing to complain of', () => {
    expect(watched.requested.length).toBeGreaterThan(3)
    expect(watched.strangers(shop.url)).toEqual([])
    expect(watched.complaints).toEqual([])
  })
})

it('the page at / has its own style, nothing to complain of, and leads to /docs', async () => {
  const { page: home, complaints } = await watchedPage(browser)
  await home.goto(shop.url)

  const width = await home.evaluate('getComputedStyle(document.body).maxWidth')
  await home.getByRole('link', { name: '/docs' }).click()
  await home.locator('.opblock').first().waitFor()

  expect(width).toBe('640px')
  expect(complaints).toEqual([])
  expect(new URL(home.url()).pathname).toBe('/docs')
})
