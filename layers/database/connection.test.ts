import { type AddressInfo, createServer, type Server, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '../../bench/processes/eventually.ts'

/** What stands in the place of PostgreSQL: it keeps the first message of each connection, and closes it. */
let server: Server
const startups: Buffer[] = []

const url = (password = '') =>
  `postgres://shop:${password}@127.0.0.1:${(server.address() as AddressInfo).port}/shop`

async function connectOnce() {
  process.env.DATABASE_URL = url()
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

describe('the pool of a domain', () => {
  const open = async (environment: Record<string, string>) => {
    const { keepSecretValues } = await import('@stockroom/runtime/secret-values')
    const { database } = await import('./connection.ts')
    keepSecretValues(environment)
    return { orders: database('orders'), products: database('products') }
  }

  beforeEach(() => {
    jest.resetModules()
  })

  it('is shared by domains that share a database, and stays where each has its own', async () => {
    const shared = await open({ DATABASE_URL: url() })
    const own = await open({ DATABASE_URL: url(), ORDERS_DATABASE_URL: url('of orders') })

    expect(shared.products).toBe(shared.orders)
    expect(own.products).toBe(shared.products)
    expect(own.orders).not.toBe(own.products)
  })

  it('is another one when the URL has another password, and the old one ends', async () => {
    const { orders: old } = await open({ DATABASE_URL: url('old') })
    const { orders: rotated } = await open({ DATABASE_URL: url('rotated') })

    expect(rotated).not.toBe(old)
    await eventually(() => old.client.pool === undefined)
    expect(rotated.client.pool).toBeDefined()
  })
})
