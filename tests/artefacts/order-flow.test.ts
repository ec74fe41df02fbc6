import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DeployedShop } from './deployed-shop.ts'

const run = promisify(execFile)
let shop: DeployedShop
let productId: number

beforeAll(async () => {
  shop = await DeployedShop.start()
  await shop.invoke('migrate', {})
})
afterAll(() => shop?.stop())

const order = (quantity: number) =>
  shop.request('createOrder', { route: 'POST /orders', json: { productId, quantity } })
const get = (key: string, path: Record<string, string>) => shop.request(key, { path })

/** The books of the shop, as `npm run audit` reads them. */
const audit = () =>
  run(process.execPath, ['commands/audit/audit.ts'], { env: { PATH: process.env.PATH, ...shop.services } })

describe('the shop, from its zips', () => {
  it('creates a product and shows it', async () => {
    const created = await shop.request('createProduct', { json: { name: 'Poster', price: 19.99, qty: 10 } })
    productId = created.body.id as number
    const shown = await get('getProduct', { id: String(productId) })

    expect(created.status).toBe(201)
    expect(shown.body).toMatchObject({ name: 'Poster', price: 19.99, qty: 10 })
  })

  it('accepts orders, and settles them when their messages are delivered', async () => {
    const accepted = [await order(4), await order(4), await order(4)]
    await shop.settle()
    const settled = await Promise.all(accepted.map(({ body }) => get('getOrder', { id: String(body.id) })))

    expect(accepted.map(({ status, body }) => [status, body.status, body.totalPrice])).toEqual(
      accepted.map(() => [202, 'pending', 79.96]),
    )
    expect(settled.map(({ body }) => [body.status, body.reason])).toEqual([
      ['confirmed', null],
      ['confirmed', null],
      ['rejected', 'insufficient-stock'],
    ])
  })

  it('sends a message that nobody can read to the dead letters, and settles the others', async () => {
    await shop.publish('stock-reduction', 'no JSON', 'order.created')
    const accepted = await order(1)
    await shop.settle()
    const settled = await get('getOrder', { id: String(accepted.body.id) })
    const inspection = await shop.invoke('inspectQueues', {})
    const listed = await shop.invoke('handleDeadLetters', { args: ['list'] })

    expect(settled.body.status).toBe('confirmed')
    expect(inspection).toMatchObject({
      payload: { deadLetters: [{ queue: 'stock-reduction', reason: 'not JSON', body: 'no JSON' }] },
    })
    expect(listed).toMatchObject({
      payload: { exitCode: 0, lines: expect.arrayContaining([expect.stringContaining('not JSON')]) },
    })
  })

  it('runs what is scheduled', async () => {
    const outcomes = [
      await shop.invoke('publishPendingEvents', { source: 'aws.events' }),
      await shop.invoke('reannouncePendingOrders', { source: 'aws.events' }),
      await shop.invoke('purgeIdempotencyKeys', { source: 'aws.events' }),
    ]

    expect(outcomes).toEqual([
      // What the functions have left when the broker was slow to confirm.
      { payload: { products: expect.any(Number), orders: expect.any(Number) } },
      { payload: { reannounced: 0 } },
      { payload: { purged: 0 } },
    ])
  })

  it('records for the alarms how long events and orders have waited, and the dead letters', () => {
    const log = shop.logOf('publishPendingEvents') + shop.logOf('reannouncePendingOrders')
    const metrics = log
      .split('\n')
      .filter((line) => line.includes('_aws'))
      .map((line) => JSON.parse(line))

    const recorded = (dimensions: Record<string, string>, name: string, value: number) =>
      expect.objectContaining({
        ...dimensions,
        [name]: value,
        _aws: expect.objectContaining({
          CloudWatchMetrics: [
            expect.objectContaining({ Namespace: 'stockroom-dev', Dimensions: [Object.keys(dimensions)] }),
          ],
        }),
      })
    const service = 'stockroom'
    for (const [dimensions, name, value] of [
      [{ service, domain: 'products' }, 'OutboxOldestAge', 0],
      [{ service, domain: 'orders' }, 'OutboxOldestAge', 0],
      [{ service, queue: 'stock-reduction' }, 'DeadLetterMessages', 1],
      [{ service, queue: 'order-settlement' }, 'DeadLetterMessages', 0],
      [{ service }, 'PendingOrderOldestAge', 0],
    ] as const) {
      expect(metrics).toContainEqual(recorded(dimensions, name, value))
    }
  })

  it('has pages whose files come from their zips and from their layers', async () => {
    const [document, docs, page] = [
      await shop.request('getOpenapi', {}),
      await shop.request('getDocs', {}),
      await shop.request('getConsole', {}),
    ]
    const files = [
      await get('getDocsFile', { file: 'swagger-ui-bundle.js' }),
      await get('getDocsFile', { file: 'swagger-ui.css' }),
      await get('getConsoleFile', { file: 'rush.js' }),
      await get('getConsoleFile', { file: 'uplot.js' }),
    ]

    expect(document.body).toMatchObject({ openapi: '3.1.1' })
    expect([docs.body.text, page.body.text]).toEqual([
      expect.stringContaining('<main id="docs">'),
      expect.stringContaining('Run a rush'),
    ])
    const sizes = files.map(({ body }) => String(body.text).length)
    for (const [index, least] of [1_000_000, 100_000, 1_000, 40_000].entries())
      expect(sizes[index]).toBeGreaterThan(least)
  })

  it.each([
    ['first-key', true],
    ['second-key', true],
    ['another', false],
  ])('lets the key %s in: %s', async (key, isAuthorized) => {
    expect(await shop.invoke('authorizeAdmin', { identitySource: [key] })).toEqual({
      payload: { isAuthorized },
    })
  })

  it('ends with clean books', async () => {
    await shop.settle()

    const { stdout } = await audit()

    expect(stdout).toMatch(/The books balance/)
  })
})
