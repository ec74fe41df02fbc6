import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { violationsOf } from '../../support/contract.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { type HostileRequest, hostileRequests, internalWordIn } from '../../support/hostile-requests.ts'

const cases = 600
const json = { 'content-type': 'application/json' }
const order = '{"productId":2,"quantity":1}'
const atOnce = 20
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

let shop: EmbeddedShop

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  await shop.start()
}, 90_000)

afterAll(async () => {
  agent.destroy()
  await shop.remove()
})

interface Answer {
  method: string
  path: string
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** Sends a request as it is; fetch would mend or refuse some. */
function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<Answer> {
  const { hostname, port } = new URL(shop.url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent }, async (response) => {
      const { statusCode: status = 0, headers } = response
      resolve({ method, path, status, headers, body: await text(response) })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const sendHostile = ({ route: [method, path], id, query, headers, body }: HostileRequest) =>
  send(
    method,
    `${path.replace('{id}', encodeURIComponent(id))}?${new URLSearchParams(query)}`,
    { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
    body,
  )

const faultOf = (answer: Answer): string | undefined => {
  const { status, headers, body } = answer
  if (status >= 500 || status < 200) return `it is a ${status}`
  const word = internalWordIn({ headers, body })
  return word ? `it says "${word}"` : violationsOf(answer)[0]
}

describe('a running shop', () => {
  it(`answers ${cases} hostile requests without a 5xx or an internal word, and goes on`, async () => {
    const seed = Date.now() % 2 ** 31
    const faults: object[] = []
    const requests = hostileRequests(cases, seed)

    for (let begin = 0; begin < cases; begin += atOnce) {
      await Promise.all(
        requests.slice(begin, begin + atOnce).map(async (hostile) => {
          const answer = await sendHostile(hostile)
          const fault = faultOf(answer)
          if (fault) faults.push({ fault, hostile, answer })
        }),
      )
    }

    expect({ seed, faults: faults.slice(0, 5) }).toEqual({ seed, faults: [] })
    expect((await send('GET', '/health', {})).status).toBe(200)
  }, 60_000)

  it.each([
    ['an undecodable path', 'GET', '/products/%', {}],
    ['a path that is no UTF-8', 'GET', '/products/%ff%fe', {}],
    ['a NUL in the path', 'GET', '/products/%00', {}],
    ['a very long path', 'GET', `/products/${'1'.repeat(8000)}`, {}],
    ['a path upwards', 'GET', '/products/../../../etc/passwd', {}],
    ['an undecodable query', 'GET', '/products?limit=%&cursor=%ff', {}],
    ['a query with brackets', 'GET', '/products?limit[]=1&limit[]=2&__proto__[a]=b', {}],
    ['a member twice in the query', 'GET', '/products?limit=1&limit=2', {}],
    ['an unknown method', 'PROPFIND', '/products', {}],
    ['a method that the route does not have', 'PUT', '/products/1', {}],
    ['a malformed content type', 'POST', '/orders', { 'content-type': '////' }],
    ['a cookie that is none', 'GET', '/products', { cookie: '=;;=,{}"' }],
    ['an unknown content encoding', 'POST', '/orders', { 'content-encoding': 'br, gzip, x' }],
    ['credentials that nobody asked for', 'GET', '/products', { authorization: 'Basic ////' }],
  ])('answers %s without a 5xx or an internal word', async (_, method, path, headers) => {
    const answer = await send(method, path, headers, method === 'POST' ? '{}' : undefined)

    expect({ fault: faultOf(answer), answer }).toEqual({ fault: undefined, answer })
  })

  it.each([
    ['JSON in a text, which is not parsed twice', 400, '"{\\"productId\\":2,\\"quantity\\":1}"', json],
    ['what is no UTF-8', 400, Buffer.from('{"productId":2,"caf\xe9":1}', 'latin1'), json],
    ['a body without a type', 415, order, {}],
    ['a body of an empty type', 415, order, { 'content-type': '' }],
    ['a body of a malformed type', 415, order, { 'content-type': '////' }],
    ['a packed body', 415, gzipSync(order), { ...json, 'content-encoding': 'gzip' }],
  ])('refuses %s with %d', async (_, status, body, headers) => {
    const answer = await send('POST', '/orders', headers as Record<string, string>, body)

    expect({ ...answer, fault: faultOf(answer) }).toMatchObject({ status, fault: undefined })
    expect(answer.headers['x-request-id']).toBeDefined()
  })
})
