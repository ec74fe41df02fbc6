import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freePort } from '../bench/processes/free-port.ts'
import { keepToken } from '../local/functions/lambda-access.ts'
import { askRunningShop } from './running-shop.ts'

let dataDirectory: string
const servers: Server[] = []

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'running-shop-'))
})

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await rm(dataDirectory, { recursive: true })
})

/** Lets something listen at a port of which a token lies in the data directory. */
async function listen(answer: (token: string) => RequestListener): Promise<number> {
  const lambdaPort = await freePort()
  const { token } = await keepToken({ dataDirectory, lambdaPort })
  const server = createServer(answer(token)).listen(lambdaPort, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return lambdaPort
}

/** A shop that answers with what it was asked. */
const shop = () =>
  listen((token) => async (request, response) => {
    if (request.headers['x-stockroom-token'] !== token) return response.writeHead(403).end('{}')
    if (request.method !== 'POST') return response.writeHead(404).end('{}')
    const [event] = await request.toArray()
    response.end(JSON.stringify({ path: request.url, port: request.socket.localPort, event: `${event}` }))
  })

const ask = async (lambdaPort = 3002, withinMs = 5000) =>
  askRunningShop({ dataDirectory, lambdaPort }, 'inspectQueues', { all: true }, withinMs)

describe('the shop that runs with a data directory', () => {
  it('is found at whatever port it has', async () => {
    const port = await shop()

    expect(await ask()).toEqual({
      port,
      path: '/2015-03-31/functions/stockroom-dev-inspectQueues/invocations',
      event: '{"all":true}',
    })
  })

  it('is none where nothing has ever run', async () => {
    expect(await ask()).toBeUndefined()
    expect(
      await askRunningShop({ dataDirectory: join(dataDirectory, 'nowhere'), lambdaPort: 1 }, 'a', {}, 1),
    ).toBeUndefined()
  })

  it('is not one that was killed, nor a program that has its port by now', async () => {
    await keepToken({ dataDirectory, lambdaPort: await freePort() })
    await listen(() => (_, response) => response.end('{"ready":{},"deadLetters":[]}'))
    await listen(() => (_, response) => response.writeHead(404).end('{}'))
    await listen(() => (_, response) => response.writeHead(403).end('{}'))
    await listen(() => (request) => request.socket.destroy())
    expect(await ask()).toBeUndefined()

    const port = await shop()

    expect(await ask()).toMatchObject({ port })
  })

  it('is the one of LAMBDA_PORT where several run', async () => {
    const [one, other] = [await shop(), await shop()]

    expect(await ask(one)).toMatchObject({ port: one })
    expect(await ask(other)).toMatchObject({ port: other })
    await expect(ask(1)).rejects.toThrow(
      /^Several shops run with STOCKROOM_DATA_DIR .*; set LAMBDA_PORT to .*\.$/,
    )
  })

  it('is not taken for stopped while it is too busy to answer', async () => {
    const port = await listen(() => () => {})

    await expect(ask(3002, 100)).rejects.toThrow(
      `The shop at LAMBDA_PORT ${port} gives no answer to inspectQueues.`,
    )
  })
})
