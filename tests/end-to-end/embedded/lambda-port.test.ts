import { readdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { ShopClient } from '../../support/shop-client.ts'

let shop: EmbeddedShop

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  Object.assign(shop.environment, { HTTP_HOST: '0.0.0.0', ADMIN_API_KEY: 'the only key' })
  await shop.start()
}, 60_000)

afterAll(() => shop.remove())

const tokenFile = () => join(shop.dataDirectory, `lambda-${shop.environment.LAMBDA_PORT}.token`)

/** Sends what a web page could send without a preflight, and more where `headers` say so. */
const invoke = (functionName: string, event: object, headers: Record<string, string>, method = 'POST') =>
  fetch(
    `http://127.0.0.1:${shop.environment.LAMBDA_PORT}/2015-03-31/functions/stockroom-dev-${functionName}/invocations`,
    {
      method,
      headers: { 'content-type': 'text/plain', origin: 'https://evil.example', ...headers },
      ...(method === 'POST' && { body: JSON.stringify(event) }),
    },
  )

const corsHeaders = (answer: Response) =>
  [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))

describe('the Lambda port of a shop that every network reaches', () => {
  it.each([
    ['without a token', {}, 'POST'],
    ['with another token', { 'x-stockroom-token': 'a guess' }, 'POST'],
    ['with the key for admins', { 'x-api-key': 'the only key', authorization: 'the only key' }, 'POST'],
    ['announced by a page of another origin', { 'access-control-request-method': 'POST' }, 'OPTIONS'],
  ])('refuses an invocation %s, and runs nothing', async (_, headers, method) => {
    const answer = await invoke('deleteProduct', { pathParameters: { id: '1' } }, headers, method)

    expect(answer.status).toBe(403)
    expect(corsHeaders(answer)).toEqual([])
    expect((await new ShopClient(shop.url).get('/products/1')).status).toBe(200)
  })

  it('answers who holds the token of this start, which its user alone can read', async () => {
    const token = await readFile(tokenFile(), 'utf8')

    const answer = await invoke('inspectQueues', {}, { 'x-stockroom-token': token })

    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ ready: { 'stock-reduction': expect.any(Number) } })
    expect(corsHeaders(answer)).toEqual([])
    expect((await stat(tokenFile())).mode & 0o777).toBe(0o600)
  })

  it('is open to this machine alone', async () => {
    // 127.0.0.2 is this machine as well, but not the address that is listened on.
    const socket = connect(Number(shop.environment.LAMBDA_PORT), '127.0.0.2')

    const outcome = await new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'))
      socket.once('error', () => resolve('refused'))
    })
    socket.destroy()

    expect(outcome).toBe('refused')
  })

  it('leaves no token behind when the shop has stopped', async () => {
    await shop.stop()

    expect((await readdir(shop.dataDirectory)).filter((name) => name.endsWith('.token'))).toEqual([])
  })
})
