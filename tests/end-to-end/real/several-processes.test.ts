import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { ledgerOf } from '../../support/stories.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

let services: RealServices

beforeAll(async () => {
  services = await ownRealServices()
})

afterAll(async () => {
  await killShops()
  await services.remove()
})

const startShop = (environment: object = {}) =>
  ShopProcess.start({ environment: { ...services.environment, ...environment } })
const startConsumers = () =>
  ShopProcess.start({
    command: ['npm', 'run', 'consumers'],
    environment: services.environment,
    readyLine: 'Stockroom consumes its queues',
  })

const soldAccordingToOrders = async (productId: number) => {
  const [row] = await runSql<{ sold: number }>(
    services.environment.DATABASE_URL,
    `select coalesce(sum(quantity), 0)::int as sold from orders.orders where product_id = $1 and status = 'confirmed'`,
    [productId],
  )
  return row?.sold
}

/** One story of the same processes: each test goes on with those that the one before has left. */
describe('two shops and consumers of their own on one set of services', () => {
  let one: ShopProcess
  let other: ShopProcess
  let consumers: ShopProcess

  beforeAll(async () => {
    ;[one, other, consumers] = await Promise.all([startShop(), startShop(), startConsumers()])
  })

  it('never sell more than there is, settle every order, and show each other the stock', async () => {
    const clients = [new ShopClient(one.url), new ShopClient(other.url)] as const
    const product = await clients[0].createProduct({ qty: 60 })
    await clients[1].qtyOf(product.id)

    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => clients[n % 2 ? 1 : 0].order(product.id, (n % 3) + 1)),
    )
    const accepted = answers.filter(({ status }) => status === 202)
    await Promise.all(accepted.map(({ body }) => clients[1].settled(body.id, 25_000)))

    await eventually(async () => {
      const seen = await Promise.all(clients.map((client) => client.qtyOf(product.id)))
      return seen.every((qty) => qty === 0)
    })
    const { initial, adjustments, final, sold } = await ledgerOf(
      services.environment.DATABASE_URL,
      product.id,
    )
    expect(initial + adjustments - final).toBe(60)
    expect([sold, await soldAccordingToOrders(product.id)]).toEqual([60, 60])
  })

  it('lose no order that one of them answered with 202 before a SIGTERM under load', async () => {
    const client = new ShopClient(one.url)
    const product = await client.createProduct({ qty: 100_000 })

    const ordering = Promise.all(
      Array.from({ length: 300 }, () => client.order(product.id).catch(() => undefined)),
    )
    await eventually(
      async () =>
        (
          await runSql(
            services.environment.DATABASE_URL,
            'select 1 from orders.orders where product_id = $1',
            [product.id],
          )
        ).length,
    )
    one.signal('SIGTERM')
    const accepted = (await ordering).filter((answer) => answer?.status === 202)
    const code = await one.exit()
    const after = new ShopClient(other.url)
    const settled = await Promise.all(
      accepted.map((answer) => after.settled(answer?.body.id as number, 25_000)),
    )

    expect({ code, remains: await one.remains() }).toEqual({ code: 0, remains: [] })
    expect(settled.filter(({ status }) => status !== 'confirmed')).toEqual([])
    const { initial, final } = await ledgerOf(services.environment.DATABASE_URL, product.id)
    expect(initial - final).toBe(await soldAccordingToOrders(product.id))
  })

  it('consumers end with 0 on SIGTERM and on Ctrl-C, and settle what a shop accepted before it was killed', async () => {
    const client = new ShopClient(other.url)
    const product = await client.createProduct({ qty: 1000 })
    consumers.signal('SIGTERM', 'process')
    const code = await consumers.exit()
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.order(product.id)))
    await other.kill()

    const next = await startConsumers()
    await eventually(async () => (await soldAccordingToOrders(product.id)) === 100, 25_000)
    next.signal('SIGINT', 'group')

    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(202))
    expect([code, await next.exit()]).toEqual([0, 0])
    expect([await consumers.remains(), await next.remains()]).toEqual([[], []])
    expect(consumers.stderr + next.stderr).toBe('')
  })
})

it('SIGTERM ends a shop within a few seconds whose broker is silent, or gone', async () => {
  const { RABBITMQ_URL } = services.environment
  const proxies = [await TcpProxy.inFrontOf(RABBITMQ_URL, 5672), await TcpProxy.inFrontOf(RABBITMQ_URL, 5672)]
  const shops = await Promise.all(
    proxies.map((proxy) => startShop({ RABBITMQ_URL: proxy.addressFor(RABBITMQ_URL) })),
  )

  proxies[0]?.fallSilent()
  await proxies[1]?.refuse()
  for (const shop of shops) shop.signal('SIGTERM')
  const codes = await Promise.all(shops.map((shop) => shop.exit(40_000).catch(() => 'still running')))
  await Promise.all(proxies.map((proxy) => proxy.close()))

  expect(codes).toEqual([0, 0])
})
