import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { apiDocument } from '../../../functions/operations/api-document.ts'
import { documentedOutcomes, type Exchange, expectContract, outcomeOf } from '../../support/contract.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { createDatabase, type TestDatabase } from '../../support/test-database.ts'

/** What no request to a running shop brings about, and what else holds it to the document. */
const elsewhere = {
  429: 'API Gateway throttles, in AWS alone: deploy/service/throttling.yml',
  500: 'itKeepsTheEndpointPromises (tests/support/endpoint-promises.ts) makes each endpoint fail',
}

/** What needs the broker alone, which is in the process here: functions/operations/dead-letter-desk.test.ts. */
const withoutBroker = /^(list|redrive|discard)DeadLetters 503$/

const admin = { 'x-api-key': 'admin-key' }
const json = { 'content-type': 'application/json' }
const nobody = '9007199254740991'
const letters = '{"queue": "stock-reduction", "messageIds": ["none"]}'
const lamp = '{"name": "Desk lamp", "price": 49.9, "qty": 80}'

let shop: ShopProcess
let database: TestDatabase
let proxy: TcpProxy
let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
  database = await createDatabase()
  proxy = await TcpProxy.inFrontOf(database.url, 5432)
  shop = await ShopProcess.start({
    environment: {
      DATABASE_URL: proxy.addressFor(database.url),
      // So that no busy moment of the machine makes a 503 of another answer.
      DATABASE_TIMEOUT_MS: '10000',
      ADMIN_API_KEY: `older-key, ${admin['x-api-key']}`,
      CORS_ALLOWED_ORIGIN: 'https://admin.example, https://shop.example',
      STOCKROOM_DATA_DIR: data.path,
    },
  })
}, 90_000)

afterAll(async () => {
  await killShops()
  await proxy?.refuse()
  await database?.drop()
  await data.remove()
})

/** Sends a request and holds the answer to the document. */
async function ask(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<Exchange & { headers: Headers }> {
  const response = await fetch(shop.url + path, { method, headers, body })
  const exchange = {
    method,
    path,
    status: response.status,
    headers: response.headers,
    body: await response.text(),
  }
  expectContract(exchange)
  return exchange
}

const withBody = (body: string, headers: Record<string, string> = {}) => ({
  headers: { ...json, ...headers },
  body,
})
const create = () => ask('POST', '/products', withBody(lamp, admin))
const adjust = (productId: unknown, change: number, key: Record<string, string> = {}) =>
  ask(
    'POST',
    `/products/${productId}/adjustments`,
    withBody(JSON.stringify({ change, reason: 'Counted' }), { ...admin, ...key }),
  )
const order = (productId: unknown, quantity: number, key: Record<string, string> = {}) =>
  ask('POST', '/orders', withBody(JSON.stringify({ productId, quantity }), key))

/** What a body may be refused for, on a route that takes one. */
const askWithBadBodies = (method: string, path: string) => [
  ask(method, path, { headers: { ...json, ...admin } }),
  ask(method, path, withBody('{"colour": "red"}', admin)),
  ask(method, path, withBody(`{"name": "${'x'.repeat(300_000)}"}`, admin)),
  ask(method, path, { headers: { 'content-type': 'text/plain', ...admin }, body: lamp }),
]

/** What can be had twice is had twice, the second time with its etag. */
async function askTwice(path: string): Promise<Exchange[]> {
  const first = await ask('GET', path, { headers: admin })
  const etag = String(first.headers.get('etag'))
  return [first, await ask('GET', path, { headers: { ...admin, 'if-none-match': etag } })]
}

type Gets = Record<string, { get?: { parameters: { name: string; example?: unknown }[] } }>

/** What can be had: the paths of the document, with these ids, and with its examples for what is no id. */
function pathsToGet(productId: number, orderId: number): string[] {
  return Object.entries(apiDocument.paths as Gets).flatMap(([template, { get }]) => {
    if (!get) return []
    const examples = Object.fromEntries(get.parameters.map(({ name, example }) => [name, example]))
    const values: Record<string, unknown> = { ...examples, productId, id: productId }
    if (template === '/orders/{id}') values.id = orderId
    return [template.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))]
  })
}

async function askForEverything(productId: number): Promise<Exchange[]> {
  const ordered = await order(productId, 1, { 'idempotency-key': 'a' })
  const { id: orderId } = JSON.parse(ordered.body)
  await new ShopClient(shop.url).settled(orderId)
  const twice = await Promise.all(pathsToGet(productId, orderId).map(askTwice))
  return [
    ordered,
    ...twice.flat(),
    await ask('PATCH', `/products/${productId}`, withBody('{"qty": 5}', admin)),
    await adjust(productId, 1, { 'idempotency-key': 'a' }),
    await ask('POST', `/orders/${orderId}/cancellation`, { headers: admin }),
    await ask('POST', '/admin/cache/warmup', withBody(`{"productIds": [${productId}]}`, admin)),
    await ask('POST', '/admin/dead-letters/redrive', withBody(letters, admin)),
    await ask('POST', '/admin/dead-letters/discard', withBody(letters, admin)),
  ]
}

/** Two orders that take the last piece together, one of which is rejected, and its cancellation. */
async function askToCancelARejectedOrder(): Promise<Exchange> {
  const body = '{"name": "Last lamp", "price": 1, "qty": 1}'
  const { id } = JSON.parse((await ask('POST', '/products', withBody(body, admin))).body)
  const ordered = await Promise.all([order(id, 1), order(id, 1), order(id, 1)])
  const client = new ShopClient(shop.url)
  const ids = ordered.filter(({ status }) => status === 202).map((one) => JSON.parse(one.body).id)
  const settled = await Promise.all(ids.map((one) => client.settled(one)))
  const rejected = settled.find(({ status }) => status === 'rejected')
  return ask('POST', `/orders/${rejected?.id}/cancellation`, { headers: admin })
}

async function askForRefusals(productId: number): Promise<Exchange[]> {
  const guarded = [
    ['POST', '/products'],
    ['PATCH', `/products/${productId}`],
    ['DELETE', `/products/${productId}`],
    ['POST', `/products/${productId}/adjustments`],
    ['GET', `/products/${productId}/movements`],
    ['POST', '/admin/cache/warmup'],
    ['GET', '/orders'],
    ['POST', '/orders/1/cancellation'],
    ['GET', '/admin/overview'],
    ['GET', '/admin/dead-letters'],
    ['POST', '/admin/dead-letters/redrive'],
    ['POST', '/admin/dead-letters/discard'],
  ] as const
  const guardedBodies = guarded.filter(
    ([method, path]) => ['POST', 'PATCH'].includes(method) && !path.endsWith('cancellation'),
  )
  const unknown = [
    `/products/${nobody}`,
    `/products/${nobody}/with-orders`,
    `/orders/${nobody}`,
    '/docs/none',
    '/console/none',
  ]
  // One group after the other: a busy machine would refuse some of all at once with 503.
  return [
    ...(await Promise.all(guarded.map(([method, path]) => ask(method, path)))),
    ...(await Promise.all(
      guarded.map(([method, path]) => ask(method, path, { headers: { 'x-api-key': 'wrong' } })),
    )),
    ...(await Promise.all(
      [...guardedBodies, ['POST', '/orders'] as const].flatMap(([method, path]) =>
        askWithBadBodies(method, path),
      ),
    )),
    ...(await Promise.all(
      [...unknown, '/orders/product/x', '/products?limit=0', '/orders/product/1?cursor=x'].map((path) =>
        ask('GET', path),
      ),
    )),
    ...(await Promise.all([
      ask('GET', '/orders?limit=0', { headers: admin }),
      ask('GET', `/products/${productId}/movements?limit=0`, { headers: admin }),
      ask('GET', `/products/${nobody}/movements`, { headers: admin }),
      adjust(nobody, 1),
      adjust(productId, -1000),
      adjust(productId, 2, { 'idempotency-key': 'a' }),
    ])),
    ...(await Promise.all([
      ask('PATCH', `/products/${nobody}`, withBody('{"qty": 5}', admin)),
      ask('DELETE', `/products/${nobody}`, { headers: admin }),
      ask('PATCH', `/products/${productId}`, withBody('{"qty": 5}', { ...admin, 'if-match': '"0"' })),
      ask('DELETE', `/products/${productId}`, { headers: { ...admin, 'if-match': '"0"' } }),
      ask('POST', `/orders/${nobody}/cancellation`, { headers: admin }),
    ])),
    ...(await Promise.all([
      order(nobody, 1),
      order(Number(nobody), 1),
      order(productId, 1000),
      order(productId, 2, { 'idempotency-key': 'a' }),
    ])),
  ]
}

/** Asks for what no cache has, while the database is away. */
const askInVain = (unread: number) =>
  Promise.all([
    ...['/products', `/products/${unread}`, `/products/${unread}/with-orders`].map((path) =>
      ask('GET', path),
    ),
    ...['/orders/1', `/orders/product/${unread}`, '/health'].map((path) => ask('GET', path)),
    ask('GET', '/orders', { headers: admin }),
    ask('GET', `/products/${unread}/movements`, { headers: admin }),
    adjust(unread, 1),
    create(),
    ask('PATCH', `/products/${unread}`, withBody('{"qty": 5}', admin)),
    ask('DELETE', `/products/${unread}`, { headers: admin }),
    ask('POST', '/admin/cache/warmup', withBody(`{"productIds": [${unread}]}`, admin)),
    ask('POST', '/orders/1/cancellation', { headers: admin }),
    order(unread, 1),
  ])

const statuses = (answers: Exchange[]) => [...new Set(answers.map(({ status }) => status))].sort()

describe('a running shop', () => {
  it('keeps to the OpenAPI document in every operation, and comes to every status that stands there', async () => {
    const created = await create()
    const { id } = JSON.parse(created.body)
    const answers = [created, ...(await askForEverything(id)), ...(await askForRefusals(id))]
    answers.push(await askToCancelARejectedOrder())
    const unread = id + 1000
    const deleted = await ask('DELETE', `/products/${id}`, { headers: admin })
    await proxy.refuse()
    const refused = await askInVain(unread)
    await proxy.accept()

    const outcomes = new Set([...answers, deleted, ...refused].map(outcomeOf))
    const expected = documentedOutcomes.filter(
      (outcome) => !(outcome.slice(-3) in elsewhere) && !withoutBroker.test(outcome),
    )
    expect(expected.filter((outcome) => !outcomes.has(outcome))).toEqual([])
    expect(statuses(refused)).toEqual([503])
  }, 60_000)

  it('answers HEAD as GET, without the body', async () => {
    const whole = await ask('GET', '/docs')
    const head = await ask('HEAD', '/docs')

    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.headers.get('etag')).toBe(whole.headers.get('etag'))
    expect((await ask('HEAD', `/orders/${nobody}`)).status).toBe(404)
  })

  it('answers in UTF-8', async () => {
    const made = await ask('POST', '/products', withBody('{"name": "Лампа 💡", "price": 1, "qty": 1}', admin))

    const found = await fetch(shop.url + made.headers.get('location'))

    const bytes = new TextDecoder('utf-8', { fatal: true }).decode(await found.arrayBuffer())
    expect(JSON.parse(bytes).name).toBe('Лампа 💡')
    expect(found.headers.get('content-type')).toMatch(/^application\/json(; charset=utf-8)?$/)
  })

  it.each([
    ['https://shop.example', 'https://shop.example'],
    ['https://admin.example', 'https://admin.example'],
    ['https://else.example', null],
    ['null', null],
  ])('tells a browser that comes from %s whether it may send a request: %s', async (origin, allowed) => {
    const asked = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }

    const { headers } = await fetch(`${shop.url}/orders`, { method: 'OPTIONS', headers: asked })

    expect(headers.get('access-control-allow-origin')).toBe(allowed)
    if (allowed) expect(headers.get('access-control-allow-headers')).toMatch(/idempotency-key/)
  })

  it.each(['/products', '/nowhere'])(
    'shows the answer of %s to no page of an origin it does not know',
    async (path) => {
      const ofOrigin = (origin: string) => fetch(shop.url + path, { headers: { origin } })

      const answers = [
        await ofOrigin('https://shop.example'),
        await ofOrigin('https://else.example'),
        await ofOrigin('null'),
      ]

      const shown = answers.map(({ headers }) =>
        [...headers.keys()].filter((name) => name.startsWith('access-control-')),
      )
      expect(shown).toEqual([['access-control-allow-origin', 'access-control-expose-headers'], [], []])
    },
  )
})
