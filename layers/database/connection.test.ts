import { type AddressInfo, createServer, type Server, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

/** What stands in the place of PostgreSQL: it keeps the first message of each connection, and closes it. */
let server: Server
const startups: Buffer[] = []

async function connectOnce() {
  process.env.DATABASE_URL = `postgres://shop@127.0.0.1:${(server.address() as AddressInfo).port}/shop`
  jest.resetModules()
  const { database } = await import('./connection.ts')
  const { shutDown } = await import('@stockroom/runtime/shutdown')
  await database('orders')
    .raw('select 1')
    .catch(() => {})
  await shutDown()
}

/** Length, version, then names and values that end with a zero. */
const parametersOf = (startup: Buffer | undefined) =>
  startup
    ?.subarray(8)
    .toString()
    .split('\0')
    .filter((text, index) => index % 2 === 0 && text !== '')

beforeEach(async () => {
  startups.length = 0
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (first) => {
      startups.push(first)
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  jest.restoreAllMocks()
  server.close()
})

describe('a connection of the shop', () => {
  it('begins with nothing that PgBouncer or RDS Proxy refuses', async () => {
    await connectOnce()

    expect(parametersOf(startups[0])?.sort()).toEqual([
      'application_name',
      'client_encoding',
      'database',
      'user',
    ])
  })

  it('asks after ten silent seconds whether the other side still stands', async () => {
    const setKeepAlive = jest.spyOn(Socket.prototype, 'setKeepAlive')

    await connectOnce()

    expect(setKeepAlive.mock.calls).toContainEqual([true, 10_000])
  })
})
