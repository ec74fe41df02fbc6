import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Route, Routes } from '@stockroom/http/route'
import { allRoutes } from '../../../functions/operations/all-routes.ts'
import { documentedOutcomes, type Exchange, expectContract, outcomeOf } from '../../support/contract.ts'
import { exampleRequest } from '../../support/example-request.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { createDatabase, type TestDatabase } from '../../support/test-database.ts'

/** What no request to a running shop brings about for certain, and what holds it to the document instead. */
const elsewhere = [
  // API Gateway throttles, in AWS alone: deploy/service/throttling.yml.
  / 429$/,
  // itKeepsTheEndpointPromises (tests/support/endpoint-promises.ts) makes each endpoint fail.
  / internal-error$/,
  // problem-details.test.ts, and the fault suite.
  / outcome-unknown$/,
  // idempotent-response.test.ts and adjust-stock.test.ts.
  / idempotency-key-in-progress$/,
  // They need the broker alone, which is in the process here: dead-letter-desk.test.ts.
  /DeadLetters service-unavailable$/,
]

const admin = { 'x-api-key': 'admin-key' }
const nobody = '9007199254740991'
/** An id that no cache has read. */
const unread = '1001'

const routes: Routes = Object.assign({}, ...allRoutes.map(({ routes }) => routes))
const { createProduct, createOrder, adjustStock, cancelOrder, deleteProduct, ...rest } = routes as {
  [name: string]: Route
} & Record<'createProduct' | 'createOrder' | 'adjustStock' | 'cancelOrder' | 'deleteProduct', Route>

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

interface Change {
  path?: Record<string, string>
  query?: string
  headers?: Record<string, string>
  /** In place of some members of the body. */
  json?: object
  /** In place of the whole body. */
  body?: string | undefined
}

/** Sends the request that a route shows as its example, with these changes, and holds the response to the document. */
async function ask(route: Route, change: Change = {}): Promise<Exchange & { headers: Headers }> {
  const example = exampleRequest(route)
  const [method = '', template = ''] = route.route.split(' ')
  const path = template.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => ({ ...example.path, ...change.path })[name] ?? '',
  )
  const json = example.json && JSON.stringify({ ...example.json, ...change.json })
  const headers = { ...(json && { 'content-type': 'application/json' }), ...admin, ...change.headers }
  const body = 'body' in change ? change.body : json
  return exchange(method, path + (change.query ?? ''), { headers, body })
}

async function exchange(method: string, path: string, request: RequestInit = {}) {
  const response = await fetch(shop.url + path, { method, ...request })
  const { status, headers } = response
  const answer = { method, path, status, headers, body: await response.text() }
  expectContract(answer)
  return answer
}

/** What every route that declares this answers to it. */
async function askForErrors(route: Route): Promise<Exchange[]> {
  const { path = {}, query = {}, headers = {}, body, isForAdmins } = route
  const empty = Object.keys(query).map((name) => `${name}=`)
  const declares = (name: string) => name in headers
  return Promise.all([
    ...(isForAdmins ? [keyless(route), ask(route, { headers: { 'x-api-key': 'wrong' } })] : []),
    ...(body ? badBodies.map((change) => ask(route, change)) : []),
    ...Object.keys(path).flatMap((name) =>
      [nobody, 'none'].map((value) => ask(route, { path: { [name]: value } })),
    ),
    ...(empty.length > 0 ? [ask(route, { query: `?${empty.join('&')}` })] : []),
    ...(declares('if-match') ? [ask(route, { headers: { 'if-match': '"0"' } })] : []),
    ...(declares('idempotency-key') ? [ask(route, { headers: { 'idempotency-key': '' } })] : []),
  ])
}

function keyless({ route }: Route) {
  const [method = '', path = ''] = route.split(' ')
  return exchange(method, path.replaceAll(/\{\w+\}/g, '1'))
}

const badBodies: Change[] = [
  { body: undefined },
  { body: '{' },
  { body: '{"colour": "red"}' },
  { body: `{"name": "${'x'.repeat(300_000)}"}` },
  { headers: { 'content-type': 'text/plain' } },
]

/** What can be kept is asked for again with its etag, and what has a key with another body under the same key. */
async function askAgain(route: Route, { headers }: { headers: Headers }): Promise<Exchange[]> {
  if (route.isConditional)
    return [await ask(route, { headers: { 'if-none-match': String(headers.get('etag')) } })]
  if (!route.headers || !('idempotency-key' in route.headers)) return []
  const [name, value] =
    Object.entries(exampleRequest(route).json ?? {}).find(([, member]) => Number.isInteger(member)) ?? []
  const key = { 'idempotency-key': route.route.replaceAll(/\W/g, '') }
  const other = { [String(name)]: Number(value) + 1 }
  return [await ask(route, { headers: key }), await ask(route, { headers: key, json: other })]
}

/** What only a state of the shop brings about. */
async function askInOtherStates(): Promise<Exchange[]> {
  const costly = await ask(createProduct, { json: { price: 999_999_999.99, qty: 1_000_000 } })
  const { id: productId } = JSON.parse(costly.body)
  return [
    await ask(createOrder, { json: { productId: Number(nobody) } }),
    await ask(createOrder, { json: { quantity: 1_000_000 } }),
    await ask(createOrder, { json: { productId, quantity: 1_000_000 } }),
    await ask(adjustStock, { json: { change: -1_000_000_000 } }),
    await ask(adjustStock, { json: { change: 1_000_000_000 } }),
    await askToCancelARejectedOrder(),
  ]
}

/** Waits until the orders that were accepted are settled. */
function settled(answers: Exchange[]) {
  const client = new ShopClient(shop.url)
  const accepted = answers.filter(({ status }) => status === 202)
  return Promise.all(accepted.map(({ body }) => client.settled(JSON.parse(body).id)))
}

/** Orders that want the last piece together, one of which is rejected, and its cancellation. */
async function askToCancelARejectedOrder(): Promise<Exchange> {
  const { id: productId } = JSON.parse((await ask(createProduct, { json: { qty: 1 } })).body)
  const one = { json: { productId, quantity: 1 } }
  const ordered = await Promise.all([ask(createOrder, one), ask(createOrder, one), ask(createOrder, one)])
  const rejected = (await settled(ordered)).find(({ status }) => status === 'rejected')
  return ask(cancelOrder, { path: { id: String(rejected?.id) } })
}

/** Asks for what no cache has, while the database is away. */
async function askInVain(): Promise<Exchange[]> {
  const needy = Object.values(routes).filter(
    ({ errors, responses }) => errors?.includes('service-unavailable') || 503 in responses,
  )
  const path = { id: unread, productId: unread }
  const others = needy.filter(({ route }) => !route.includes('/dead-letters') && route !== createOrder.route)
  await proxy.refuse()
  const answers = await Promise.all([
    ...others.map((route) => ask(route, { path })),
    ask(createOrder, { json: { productId: Number(unread) } }),
  ])
  await proxy.accept()
  return answers
}

describe('a running shop', () => {
  it('keeps to the OpenAPI document in every operation, and comes to every outcome that stands there', async () => {
    const answers: Exchange[] = [await ask(createProduct)]
    const ordered = await ask(createOrder)
    answers.push(ordered, ...(await askAgain(createOrder, ordered)))
    // Else a list changes between being read and being asked for again.
    await settled(answers)
    for (const route of [...Object.values(rest), adjustStock, cancelOrder]) {
      const answer = await ask(route)
      answers.push(answer, ...(await askAgain(route, answer)))
    }
    // One route after the other: a busy machine would refuse some of all at once with 503.
    for (const route of Object.values(routes)) answers.push(...(await askForErrors(route)))
    answers.push(...(await askInOtherStates()), await ask(deleteProduct))
    const refused = await askInVain()

    const outcomes = new Set([...answers, ...refused].map(outcomeOf))
    const expected = documentedOutcomes.filter((outcome) => !elsewhere.some((one) => one.test(outcome)))
    expect(expected.filter((outcome) => !outcomes.has(outcome))).toEqual([])
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]))
  }, 60_000)

  it('answers HEAD as GET, without the body', async () => {
    const whole = await exchange('GET', '/docs')
    const head = await exchange('HEAD', '/docs')

    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.headers.get('etag')).toBe(whole.headers.get('etag'))
    expect((await exchange('HEAD', `/orders/${nobody}`)).status).toBe(404)
  })

  it('answers in UTF-8', async () => {
    const made = await ask(createProduct, { json: { name: 'Лампа 💡' } })

    const found = await fetch(shop.url + made.headers.get('location'))

    const bytes = new TextDecoder('utf-8', { fatal: true }).decode(await found.arrayBuffer())
    expect(JSON.parse(bytes).name).toBe('Лампа 💡')
    expect(found.headers.get('content-type')).toMatch(/^application\/json(; charset=utf-8)?$/)
  })

  it.each([
    ['https://shop.example', true],
    ['https://admin.example', true],
    ['https://else.example', false],
    ['null', false],
  ])('lets a page of %s send its requests and read its answers: %s', async (origin, isKnown) => {
    const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }

    const asked = await fetch(`${shop.url}/orders`, { method: 'OPTIONS', headers: { origin, ...asks } })
    const answers = await Promise.all(
      ['/products', '/nowhere'].map((path) => fetch(shop.url + path, { headers: { origin } })),
    )

    const allowed = [asked, ...answers].map(({ headers }) => headers.get('access-control-allow-origin'))
    expect(allowed).toEqual(Array(3).fill(isKnown ? origin : null))
    const exposed = answers.map(({ headers }) => headers.has('access-control-expose-headers'))
    expect(exposed).toEqual([isKnown, isKnown])
    if (isKnown) expect(asked.headers.get('access-control-allow-headers')).toMatch(/idempotency-key/)
  })
})
