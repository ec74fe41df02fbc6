import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runningEmbeddedPostgres } from '../../../local/embedded/embedded-postgres.ts'
import { lockRow, somebodyWaits } from '../../support/other-session.ts'
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

const onData = () => ({
  // So that a busy machine has time for what waits for a lock.
  environment: { STOCKROOM_DATA_DIR: data.path, DATABASE_TIMEOUT_MS: '20000' },
})

const hasEnded = async (shop: ShopProcess) => {
  await eventually(async () => (await shop.remains()).length === 0)
  expect(await readdir(`${data.path}/postgres`)).not.toContain('postmaster.pid')
  expect(shop.stderr).not.toMatch(/ {4}at |Error/)
}

describe('a shop leaves no process behind', () => {
  it.each([
    { title: 'npm start', to: 'group', signal: 'SIGINT', sender: 'Ctrl-C', codes: [0] },
    // npx itself may be gone before the shop is.
    {
      title: 'npx serverless offline',
      to: 'group',
      signal: 'SIGINT',
      sender: 'Ctrl-C',
      codes: [0, 130, 'SIGINT'],
    },
    {
      title: 'node node_modules/.bin/serverless offline',
      to: 'process',
      signal: 'SIGTERM',
      sender: 'kill',
      codes: [0],
    },
  ] as const)(
    'when it was started with $title, after the $signal of $sender',
    async ({ title, to, signal, codes }) => {
      const shop = await ShopProcess.start({ command: title.split(' '), ...onData() })
      const { id } = await new ShopClient(shop.url).createProduct()
      const running = await shop.remains()

      shop.signal(signal, to)
      const code = await shop.exit()

      expect(id).toBeGreaterThan(0)
      expect(running.some((process) => process.includes('postgres -D'))).toBe(true)
      expect(codes).toContain(code)
      await hasEnded(shop)
    },
  )

  it('after the SIGTERM of docker stop, which resets no request: each gets its answer, and closes its connection', async () => {
    const shop = await ShopProcess.start(onData())
    const client = new ShopClient(shop.url)
    const { id } = await client.createProduct({ qty: 10 })
    const holder = await lockRow(await databaseUrl(), 'products.products', id)
    const agent = new Agent({ keepAlive: true })
    const before = await Promise.all(Array.from({ length: 20 }, () => connectionOf(agent, shop)))
    const underWay = client.send('PATCH', `/products/${id}`, { qty: 7 })
    await somebodyWaits(await databaseUrl())

    shop.signal('SIGTERM', 'process')
    await refusesConnections(shop)
    await pause(400)
    const after: string[] = []
    for (let n = 0; n < 20; n += 1) after.push(await connectionOf(agent, shop))
    await holder.end()

    expect(before).toEqual(Array(20).fill('keep-alive'))
    expect(after).toEqual(Array(20).fill('close'))
    expect(await underWay).toMatchObject({ status: 200, body: { qty: 7 } })
    agent.destroy()
    expect(await shop.exit()).toBe(0)
    await hasEnded(shop)
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

const databaseUrl = async () => (await runningEmbeddedPostgres(data.path)) as string

/** Waits until a stopping shop takes no new connections. */
const refusesConnections = ({ url }: ShopProcess) =>
  eventually(() =>
    fetch(url, { headers: { connection: 'close' } }).then(
      () => false,
      () => true,
    ),
  )

describe('the data of a shop', () => {
  it('is not given to a second one, which says so in one line and ends with 1, and is there after a kill: orders that were pending settle', async () => {
    const first = await ShopProcess.start(onData())
    const before = new ShopClient(first.url)
    const product = await before.createProduct({ qty: 1000 })
    const settled = await before.settled((await before.order(product.id, 5)).body.id)

    const second = await ShopProcess.launch({ command: ['npm', 'start', '--silent'], ...onData() })
    const code = await second.exit()
    const samples = await productNames(before)
    const orders = await Promise.all(Array.from({ length: 100 }, () => before.order(product.id)))
    await first.kill()
    const after = new ShopClient((await ShopProcess.start(onData())).url)

    expect(code).toBe(1)
    expect(second.stderr).toMatch(/^[^\n]*STOCKROOM_DATA_DIR[^\n]*in use[^\n]*\n$/)
    expect(orders.map(({ status }) => status)).toEqual(Array(100).fill(202))
    // Samples are added once.
    expect(await productNames(after)).toEqual(samples)
    expect(await after.findOrder(settled.id)).toEqual(settled)
    const outcomes = await Promise.all(orders.map(({ body }) => after.settled(body.id)))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(100).fill('confirmed'))
    await eventually(async () => (await after.qtyOf(product.id)) === 895)
  })
})

async function productNames(client: ShopClient): Promise<string[]> {
  const { body } = await client.get<{ name: string }[]>('/products')
  return body.map(({ name }) => name)
}
