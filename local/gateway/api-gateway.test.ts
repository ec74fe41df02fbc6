import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { answerAsApiGateway } from './api-gateway.ts'

const offline = '../../node_modules/serverless-offline/src'
const cors = {
  allowedOrigins: ['https://shop.example', 'https://admin.example'],
  allowedMethods: ['GET', 'POST'],
  allowedHeaders: ['content-type'],
  exposedResponseHeaders: ['etag', 'link'],
  maxAge: 600,
}
const log = { warning: jest.fn() }
const events: APIGatewayProxyEventV2[] = []

/** What a function answers; it keeps its event. */
const lambda = {
  get: () => ({
    setEvent: (event: APIGatewayProxyEventV2) => events.push(event),
    runHandler: async () => ({ statusCode: 200, headers: { etag: '"1"' }, body: '{}' }),
  }),
}

interface Gateway {
  createServer(): Promise<void>
  createRoutes(functionKey: string, event: object, handler: string): void
  getServer(): { start(): Promise<void>; stop(): Promise<void>; info: { port: number } }
}
let gateway: Gateway

beforeAll(async () => {
  await answerAsApiGateway(cors, log)
  const { default: HttpServer } = await import(`${offline}/events/http/HttpServer.js`)
  const { default: Event } = await import(`${offline}/events/http/HttpEventDefinition.js`)
  const service = { provider: { name: 'aws', httpApi: { cors } } }
  const options = { host: '127.0.0.1', httpPort: 0, noAuth: true, disableCookieValidation: true }
  gateway = new HttpServer({ service, config: { servicePath: '' } }, options, lambda) as Gateway
  await gateway.createServer()
  for (const routeKey of ['GET /products', 'GET /products/{id}', 'POST /orders', '$default']) {
    gateway.createRoutes('answer', new Event({ routeKey, isHttpApi: true, payload: '2.0' }), 'answer.handler')
  }
  await gateway.getServer().start()
})

afterAll(() => gateway.getServer().stop())

beforeEach(() => {
  events.length = 0
})

/** Sends a request as it is, and resolves to the answer. */
function send(method: string, path: string, headers: Record<string, string> = {}, body?: Buffer | string) {
  const { port } = gateway.getServer().info
  return new Promise<{ status?: number; headers: Record<string, unknown> }>((resolve, reject) => {
    const sent = request({ port, method, path, headers }, async (response) => {
      await text(response)
      resolve({ status: response.statusCode, headers: response.headers })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The event of a body, as its function gets it. */
async function eventOf(body: Buffer | string, headers: Record<string, string> = {}) {
  await send('POST', '/orders', { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body)
  return events.at(-1) as APIGatewayProxyEventV2
}

const json = { 'content-type': 'application/json' }

it('knows this version of serverless-offline', () => {
  expect(log.warning).not.toHaveBeenCalled()
})

describe('the event of a request', () => {
  it.each(['{"quantity": 1}', '"{\\"quantity\\":1}"', '""', 'false', '{', '\ufeff{}', '"\\ud800"'])(
    'has the body as it was sent: %s',
    async (body) => {
      expect(await eventOf(body, json)).toMatchObject({ body, isBase64Encoded: false })
    },
  )

  it('has a body that is no UTF-8 in base64, byte by byte, and none where none was sent', async () => {
    const latin1 = Buffer.from('"caf\xe9"', 'latin1')

    expect(await eventOf(latin1, json)).toMatchObject({
      body: latin1.toString('base64'),
      isBase64Encoded: true,
    })
    expect(await eventOf('', json)).toMatchObject({ body: null, isBase64Encoded: false })
  })

  it.each([undefined, '', '////', 'application/json;charset=utf-8'])(
    'has the type as it was sent: %j',
    async (type) => {
      const { headers } = await eventOf('{}', type === undefined ? {} : { 'content-type': type })

      expect(headers['content-type']).toBe(type)
    },
  )

  it('keeps the bodies of requests at the same time apart', async () => {
    const bodies = Array.from({ length: 20 }, (_, n) => (n % 2 ? `{"n":${n}}` : `{"n":"${n}"}`))

    await Promise.all(bodies.map((body) => send('POST', '/orders', json, body)))

    expect(events.map(({ body }) => body).sort()).toEqual(bodies.sort())
  })
})

describe('the route of a request', () => {
  it.each([
    ['GET', '/products', 'GET /products'],
    ['GET', '/products/7', 'GET /products/{id}'],
    ['HEAD', '/products', 'GET /products'],
    ['GET', '/products/7/', '$default'],
    ['POST', '/products', '$default'],
    ['OPTIONS', '/products', '$default'],
  ])('is that of its very path: %s %s is %s', async (method, path, routeKey) => {
    await send(method, path)

    expect(events).toMatchObject([{ routeKey, rawPath: path, requestContext: { http: { method } } }])
  })
})

describe('a page of another origin', () => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  }
  const allowed = async (method: string, path: string, origin: string, headers: object = {}) =>
    (await send(method, path, { origin, ...headers })).headers['access-control-allow-origin']

  it.each(cors.allowedOrigins)('may read the answers where it is %s', async (origin) => {
    expect((await send('GET', '/products', { origin })).headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'etag,link',
    })
    // A cache keeps no answer for another origin.
    expect((await send('GET', '/products')).headers.vary).toMatch(/\borigin\b/)
  })

  it('is told beforehand what it may send, and no function hears of it', async () => {
    const asked = await send('OPTIONS', '/orders', { origin: 'https://shop.example', ...preflight })

    expect(asked).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://shop.example',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '600',
      },
    })
    expect(events).toEqual([])
  })

  it.each(['https://shop.example.evil.example', 'http://shop.example'])(
    'may not read what even the gateway answers where it is %s',
    async (origin) => {
      const answers = [
        await allowed('GET', '/products', origin),
        await allowed('GET', '/%', origin),
        await allowed('OPTIONS', '/orders', origin, preflight),
      ]

      expect(answers).toEqual([undefined, undefined, undefined])
    },
  )

  it('may be any where the configuration says so', async () => {
    const { allowedOrigins } = cors
    cors.allowedOrigins = ['*']

    const origin = await allowed('GET', '/products', 'https://any.example')
    cors.allowedOrigins = allowedOrigins

    expect(origin).toBe('*')
  })
})
