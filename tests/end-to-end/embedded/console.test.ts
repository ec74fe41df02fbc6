import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '../../../bench/processes/eventually.ts'
import type { Overview } from '../../../functions/operations/overview.ts'
import type { Order } from '../../../functions/orders/order.ts'
import { openBrowser, watchedPage } from '../../support/browser.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { rmqEvent } from '../../support/rmq-event.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { contrasts } from './contrasts.ts'

const adminKey = 'console-key'
let shop: EmbeddedShop
let browser: Browser
let page: Page
let watched: Awaited<ReturnType<typeof watchedPage>>

/** Chromium itself reports these: the refusals of a rush, the question for the key, an order that is not there. */
const expected = /status of (401|403|404|409) /

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  shop.environment.ADMIN_API_KEY = adminKey
  await shop.start()
  browser = await openBrowser()
  watched = await watchedPage(browser, { colorScheme: 'light' }, expected)
  page = watched.page
  page.setDefaultTimeout(15_000)
  await page.goto(`${shop.url}/console`)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await shop.remove()
})

const read = async <Body>(path: string): Promise<Body> =>
  (await fetch(shop.url + path, { headers: { 'x-api-key': adminKey } })).json() as Promise<Body>
const overview = () => read<Overview>('/admin/overview')

/** The overview, once nothing that the tests before began is under way. */
async function atRest(): Promise<Overview | undefined> {
  const now = await overview()
  const isAtRest = now.orders?.pending === 0 && now.outboxes?.every(({ events }) => events === 0)
  return isAtRest ? now : undefined
}

const textOf = async (selector: string) => (await page.locator(selector).innerText()).trim()
const cellsOf = async (selector: string): Promise<string[][]> =>
  page.evaluate(
    `Array.from(document.querySelectorAll('${selector} tr'), ({ children }) => Array.from(children, (cell) => cell.textContent))`,
  )
const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

describe('the console in a browser', () => {
  it('asks for the admin key, again for a wrong one, and keeps it for the tab alone', async () => {
    const dialog = page.getByRole('dialog', { name: 'The admin key' })
    const field = dialog.getByLabel('Admin key')
    await field.fill('wrong')
    await dialog.getByRole('button', { name: 'Use this key' }).click()
    await dialog.getByText('knows no such key').waitFor()
    await field.fill(adminKey)
    await field.press('Enter')

    await page.locator('#health[data-status="healthy"]').waitFor()

    const kept = await page.evaluate('[sessionStorage.length, localStorage.length, document.cookie].join()')
    expect(kept).toBe('1,0,')
  }, 60_000)

  it('sells a product out to the piece in a rush, and counts what the shop counts', async () => {
    const rush = page.getByRole('region', { name: 'Run a rush' })
    await rush.getByLabel('Pieces').fill('20')
    await rush.getByLabel('Orders').fill('60')
    await rush.getByRole('button', { name: 'Run a rush' }).click()
    await rush.getByText('Nothing was oversold.').waitFor({ timeout: 60_000 })

    const { products } = await overview()
    const [sold] = products ?? []
    const orders = await read<Order[]>(`/orders/product/${sold?.id}?limit=100`)
    const confirmed = orders.filter(({ status }) => status === 'confirmed')
    expect(sold).toMatchObject({ qty: 0, sold: 20, reserved: 0 })
    expect(confirmed).toHaveLength(20)
    const counted = ['accepted', 'confirmed', 'refused', 'oversold'].map((name) => textOf(`#rush-${name}`))
    expect(await Promise.all(counted)).toEqual([String(orders.length), '20', '40', '0'])
    expect(await textOf('#rush-time')).toMatch(/^[\d.]+ m?s$/)
  }, 90_000)

  it('shows what the overview says', async () => {
    const { orders, products, queues, outboxes } = await eventually(atRest)

    const empty = JSON.stringify(outboxes?.map(({ name }) => [name, '0', '–']))
    await eventually(async () => JSON.stringify(await cellsOf('#outboxes')) === empty)
    await eventually(async () => (await textOf('#pending')) === String(orders?.pending))
    const cards = await page.locator('#products .line').allInnerTexts()
    const rows = await cellsOf('#orders')

    expect(cards.map((card) => card.replace(/\s+/g, ' '))).toEqual(
      products?.map(
        ({ name, qty }) => `${name} ${qty === 0 ? 'sold out' : `${qty.toLocaleString('en-US')} left`}`,
      ),
    )
    expect(
      rows.map(([id, product, pieces, , status, , request]) => [id, product, pieces, status, request]),
    ).toEqual(
      orders?.latest.map(({ id, productId, quantity, status, reason, requestId }) =>
        [id, productId, quantity, status + (reason?.replaceAll('-', ' ') ?? ''), requestId].map(String),
      ),
    )
    expect(await cellsOf('#queues')).toEqual(
      queues?.map(({ name, ready, consumers, deadLetters }) =>
        [name, ready, consumers, deadLetters].map(String),
      ),
    )
    expect(await page.locator('.chart canvas').count()).toBe(2)
  }, 60_000)

  it('finds an order by its id and by its request id, and says when there is none', async () => {
    const { orders } = await overview()
    const wanted = orders?.latest[7] as { id: number; requestId: string }
    const find = async (text: string) => {
      await page.getByLabel('Order or request id').fill(text)
      await press('Find')
    }

    await find(String(wanted.id))
    await eventually(async () => (await cellsOf('#orders')).length === 1)
    await find(wanted.requestId)
    await eventually(async () => (await cellsOf('#orders'))[0]?.[0] === String(wanted.id))
    await find('123456789')
    await page.getByText('No order has this id').waitFor()
    await page.getByLabel('Order or request id').fill('')

    await eventually(async () => (await cellsOf('#orders')).length > 1)
  }, 60_000)

  it('creates a product, and shows its orders', async () => {
    await page.getByText('Create a product').click()
    const form = page.locator('#create')
    await form.getByLabel('Name').fill('<b>Bold</b> mug')
    await form.getByLabel('Price').fill('4.35')
    await form.getByLabel('Pieces').fill('3')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByText('is on sale').waitFor()
    const card = page.getByRole('button', { name: '<b>Bold</b> mug' })
    await card.waitFor()
    const id = await card.getAttribute('data-id')
    await new ShopClient(shop.url).order(Number(id), 2)

    await card.getByText('2 sold').waitFor()
    await card.click()
    const dialog = page.getByRole('dialog', { name: '<b>Bold</b> mug' })
    await dialog.getByText(`Product ${id} · 4.35 · 1 piece left`).waitFor()
    const [[, pieces, status] = []] = await cellsOf('#product-orders')
    await page.keyboard.press('Escape')

    expect([pieces, status]).toEqual(['2', 'confirmed'])
    expect(await dialog.isVisible()).toBe(false)
    expect(await card.evaluate('document.activeElement.dataset.id')).toBe(id)
  }, 60_000)

  it('adjusts the stock of a product, and shows that in its ledger', async () => {
    const card = page.getByRole('button', { name: '<b>Bold</b> mug' })
    await card.click()
    const dialog = page.getByRole('dialog', { name: '<b>Bold</b> mug' })
    await dialog.getByLabel('Change', { exact: true }).fill('4')
    await dialog.getByLabel('Reason').fill('Found behind the shelf')
    const sent = page.waitForRequest(/adjustments$/)
    await dialog.getByRole('button', { name: 'Adjust the stock' }).click()
    const { 'idempotency-key': key } = (await sent).headers()

    await dialog.getByText('5 pieces left').waitFor()
    const ledger = (await cellsOf('#product-ledger')).map(([change, kind, why]) => [change, kind, why])
    await page.keyboard.press('Escape')

    expect(ledger).toEqual([
      ['+4', 'adjustment', 'Found behind the shelf'],
      ['-2', 'sale', expect.stringMatching(/^order \d+$/)],
      ['+3', 'initial', ''],
    ])
    await card.getByText('5 left').waitFor()
    expect(key).toMatch(/^\d+(-\d+){3}$/)
  }, 60_000)

  it('cancels an order after a question, and its pieces come back', async () => {
    const cancel = page.getByRole('button', { name: /^Cancel order/ }).first()
    const [id] = /\d+/.exec((await cancel.getAttribute('aria-label')) ?? '') ?? []

    await cancel.click()
    await press('Cancel the order')

    await page.getByText(`Order ${id} is cancelled.`).waitFor()
    await eventually(async () => (await cellsOf('#orders'))[0]?.[4] === 'cancelled')
    expect(await read<Order>(`/orders/${id}`)).toMatchObject({ status: 'cancelled' })
    await page.getByRole('button', { name: '<b>Bold</b> mug' }).getByText('7 left').waitFor()
    const { products } = await overview()
    expect(products?.[0]).toMatchObject({ qty: 7, sold: 0, reserved: 0 })
  }, 60_000)

  it('looks at a dead letter, redrives it and discards it, each after a question', async () => {
    const messages = [{ type: 'order.created', messageId: 'poison', text: '<i>not JSON' }]
    await shop.invoke('reduceStock', rmqEvent({ queue: 'stock-reduction', messages }))
    const letters = async () =>
      (await read<{ letters: { firstFailedAt: string }[] }>('/admin/dead-letters')).letters
    const [before] = await letters()
    await press('Look at 1 dead letters of stock-reduction')
    const dialog = page.getByRole('dialog', { name: 'Dead letters' })
    await dialog.getByText('<i>not JSON').waitFor()

    await press('Redrive poison')
    await press('Leave it')
    expect(await letters()).toEqual([before])
    await press('Redrive poison')
    await press('Redrive')
    await page.getByText('poison is back in its queue.').waitFor()
    // It is no better than before.
    await eventually(async () => {
      const [after] = await letters()
      return after && after.firstFailedAt > String(before?.firstFailedAt)
    })
    await dialog.getByRole('button', { name: 'Close' }).click()
    await press('Look at 1 dead letters of stock-reduction')
    await press('Discard poison')
    await press('Discard')
    await dialog.getByText('There are none left here.').waitFor()

    expect(await letters()).toEqual([])
    await page.keyboard.press('Escape')
  }, 90_000)

  it('has a name for everything that one can use, and a focus that one can see', async () => {
    const nameless = await page.evaluate(`
      Array.from(document.querySelectorAll('button, input, a, summary, dialog'))
        .filter(({ textContent, labels, ariaLabel, attributes }) =>
          !textContent.trim() && !labels?.length && !ariaLabel && !attributes['aria-labelledby'])
        .map(({ outerHTML }) => outerHTML)`)
    await page.getByLabel('Pieces').first().focus()
    await page.keyboard.press('Tab')
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')

    expect(nameless).toEqual([])
    expect(outline).toBe('solid')
  })

  it.each(['light', 'dark'] as const)(
    'can be read in its %s colours, on a phone too',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 375, height: 700 })

      const ratios = (await page.evaluate(contrasts)) as Record<string, number>
      const width = await page.evaluate('document.documentElement.scrollWidth')
      await page.setViewportSize({ width: 1280, height: 800 })

      expect(Object.entries(ratios).filter(([, ratio]) => ratio < 4.5)).toEqual([])
      expect(width).toBe(375)
    },
  )

  it('says so when the shop goes away, and has asked nobody else until then', async () => {
    expect(watched.requested.length).toBeGreaterThan(20)
    expect(watched.strangers(shop.url)).toEqual([])
    expect(watched.complaints).toEqual([])

    await shop.stop()

    await page.getByText('The shop doesn’t answer.').waitFor()
    expect(await textOf('#health')).toBe('no answer')
  }, 60_000)
})
