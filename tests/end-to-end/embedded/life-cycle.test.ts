import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { eventually } from '../../../bench/processes/eventually.ts'
import { addressesOf } from '../../../local/gateway/loopback.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'

let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeEach(async () => {
  data = await ownDataDirectory()
})

afterEach(async () => {
  await killShops()
  await data.remove()
})

const onData = () => ({ environment: { STOCKROOM_DATA_DIR: data.path } })

describe.each([
  ['npm start', ['npm', 'start']],
  ['serverless offline', [process.execPath, 'node_modules/.bin/serverless', 'offline']],
])('a shop started with %s', (_name, command) => {
  it.each([
    { signal: 'SIGINT', to: 'group', sender: 'Ctrl-C' },
    { signal: 'SIGTERM', to: 'process', sender: 'kill and docker stop' },
  ] as const)(
    'ends with 0 and leaves no process behind after $signal to its $to, as of $sender',
    async ({ signal, to }) => {
      const shop = await ShopProcess.start({ command, ...onData() })
      const client = new ShopClient(shop.url)
      const product = await client.createProduct()
      const running = await shop.remains()

      shop.signal(signal, to)
      const code = await shop.exit()

      expect(product.id).toBeGreaterThan(0)
      expect(running.some((process) => process.includes('postgres -D'))).toBe(true)
      expect(code).toBe(0)
      await eventually(async () => (await shop.remains()).length === 0, 2000)
      expect(shop.stderr).not.toMatch(/ {4}at |Error/)
      expect(await readdir(`${data.path}/postgres`)).not.toContain('postmaster.pid')
    },
  )

  it('answers a running request before it ends', async () => {
    const shop = await ShopProcess.start({ command, ...onData() })
    const client = new ShopClient(shop.url)
    const product = await client.createProduct({ qty: 10 })
    const lock = await lockProduct(data.path, shop, product.id)

    const answer = client.send('PATCH', `/products/${product.id}`, { qty: 7 })
    await lock.hasWaiters()
    shop.signal('SIGTERM')
    await refusesConnections(shop)
    await lock.release()

    expect(await answer).toMatchObject({ status: 200, body: { qty: 7 } })
    expect(await shop.exit()).toBe(0)
  })
})

describe('a shop at localhost', () => {
  it('answers at every loopback address of the machine', async () => {
    const shop = await ShopProcess.start(onData())
    const { port } = new URL(shop.url)
    const hosts = addressesOf('localhost').map((address) => (isIPv6(address) ? `[${address}]` : address))

    const answers = await Promise.all(hosts.map((host) => fetch(`http://${host}:${port}/health/live`)))

    expect(answers.map(({ status }) => status)).toEqual(hosts.map(() => 200))
    shop.signal('SIGTERM')
    expect(await shop.exit()).toBe(0)
  })
})

describe('a shop that is told to stop', () => {
  it('resets no request on a kept connection: each gets its answer, and the connection is closed by it', async () => {
    const shop = await ShopProcess.start(onData())
    const agent = new Agent({ keepAlive: true })
    const before = await Promise.all(Array.from({ length: 20 }, () => connectionOf(agent, shop)))

    shop.signal('SIGTERM')
    await refusesConnections(shop)
    await pause(400)
    const after: string[] = []
    for (let n = 0; n < 20; n += 1) after.push(await connectionOf(agent, shop))
    agent.destroy()

    expect(before).toEqual(Array(20).fill('keep-alive'))
    expect(after).toEqual(Array(20).fill('close'))
    expect(await shop.exit()).toBe(0)
  })
})

/** Asks the shop, and resolves to what it says of the connection, or to the code of the error. */
async function connectionOf(agent: Agent, { url }: ShopProcess): Promise<string> {
  try {
    const [response] = (await once(get(`${url}/products`, { agent }), 'response')) as [IncomingMessage]
    await text(response)
    return String(response.headers.connection)
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

describe('npx serverless offline', () => {
  it('starts the shop, which ends on Ctrl-C and leaves no process behind', async () => {
    const shop = await ShopProcess.start({ command: ['npx', 'serverless', 'offline'], ...onData() })
    const product = await new ShopClient(shop.url).createProduct()

    shop.signal('SIGINT')
    await shop.exit()

    // npx itself may be gone before the shop is.
    await eventually(async () => (await shop.remains()).length === 0)
    expect(product.id).toBeGreaterThan(0)
    expect(await readdir(`${data.path}/postgres`)).not.toContain('postmaster.pid')
  })
})

describe('a shop that starts again on its data', () => {
  it('finds its products and orders, and settles the orders that were pending', async () => {
    const first = await ShopProcess.start(onData())
    const before = new ShopClient(first.url)
    const product = await before.createProduct({ qty: 1000 })
    const settled = await before.settled((await before.order(product.id, 5)).body.id)
    const orders = await Promise.all(Array.from({ length: 100 }, () => before.order(product.id)))
    await first.kill()

    const second = await ShopProcess.start(onData())
    const after = new ShopClient(second.url)

    expect(orders.map(({ status }) => status)).toEqual(Array(100).fill(202))
    expect(await after.findOrder(settled.id)).toEqual(settled)
    const outcomes = await Promise.all(orders.map(({ body }) => after.settled(body.id, 20_000)))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(100).fill('confirmed'))
    await eventually(async () => (await after.qtyOf(product.id)) === 895, 1500)
  })

  it('adds no sample products a second time', async () => {
    const first = await ShopProcess.start(onData())
    const { body: before } = await new ShopClient(first.url).get<object[]>('/products')
    await first.stop()

    const second = await ShopProcess.start(onData())

    expect((await new ShopClient(second.url).get<object[]>('/products')).body).toEqual(before)
  })
})

describe('a second shop on the same data', () => {
  it('says in one line that the data is in use, and ends with 1, while the first goes on', async () => {
    const first = await ShopProcess.start(onData())

    const second = await ShopProcess.launch({ command: ['npm', 'start', '--silent'], ...onData() })
    const code = await second.exit()

    expect(code).toBe(1)
    expect(second.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/STOCKROOM_DATA_DIR.*in use/)])
    expect((await new ShopClient(first.url).get('/health')).status).toBe(200)
  })
})

/** Waits until a stopping shop takes no new connections. */
const refusesConnections = ({ url }: ShopProcess) =>
  eventually(
    () =>
      fetch(url, { headers: { connection: 'close' } }).then(
        () => false,
        () => true,
      ),
    1000,
  )

/** Locks a product's row in the shop's own database, so that a change of it has to wait. */
async function lockProduct(dataDirectory: string, shop: ShopProcess, id: number) {
  const client = new pg.Client(await embeddedUrl(dataDirectory, shop))
  client.on('error', () => {})
  await client.connect()
  await client.query('begin')
  await client.query('select 1 from products.products where id = $1 for update', [id])
  return {
    async hasWaiters() {
      await eventually(async () => {
        const { rows } = await client.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
        return rows.length > 0
      })
    },
    async release() {
      await client.query('commit')
      await client.end().catch(() => {})
    },
  }
}

/** The embedded PostgreSQL keeps its password in its data and its port in postmaster.pid. */
async function embeddedUrl(dataDirectory: string, shop: ShopProcess): Promise<string> {
  const password = await readFile(`${dataDirectory}/postgres/stockroom-password`, 'utf8')
  const port = (await readFile(`${dataDirectory}/postgres/postmaster.pid`, 'utf8')).split('\n')[3]
  if (!port) throw new Error(`no PostgreSQL in ${dataDirectory} of ${shop.url}`)
  return `postgres://postgres:${password}@127.0.0.1:${port}/stockroom`
}
