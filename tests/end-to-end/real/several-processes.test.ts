import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { ledgerOf } from '../../support/stories.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

let services: RealServices

beforeEach(async () => {
  services = await ownRealServices()
})

afterEach(async () => {
  await killShops()
  await services.remove()
})

const startShop = () => ShopProcess.start({ environment: services.environment })
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

describe('two shops and consumers of their own on one set of services', () => {
  it('never sell more than there is, settle every order, and show each other the stock within a second', async () => {
    const [one, other, consumers] = await Promise.all([startShop(), startShop(), startConsumers()])
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
    }, 1500)
    const { initial, adjustments, final, sold } = await ledgerOf(
      services.environment.DATABASE_URL,
      product.id,
    )
    expect(initial + adjustments - final).toBe(60)
    expect([sold, await soldAccordingToOrders(product.id)]).toEqual([60, 60])
    expect(await Promise.all([one.stop(), other.stop(), consumers.stop()])).toEqual([0, 0, 0])
    for (const process of [one, other, consumers]) expect(await process.remains()).toEqual([])
  })
})

describe('consumers of their own', () => {
  it('settle what a shop accepted before it was killed, and end with 0 on SIGTERM and SIGINT', async () => {
    const shop = await startShop()
    const client = new ShopClient(shop.url)
    const product = await client.createProduct({ qty: 1000 })
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.order(product.id)))
    await shop.kill()

    const [first, second] = await Promise.all([startConsumers(), startConsumers()])
    await eventually(async () => (await soldAccordingToOrders(product.id)) === 100, 25_000)
    first.signal('SIGTERM', 'process')
    second.signal('SIGINT', 'group')

    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(202))
    expect(await Promise.all([first.exit(), second.exit()])).toEqual([0, 0])
    expect([await first.remains(), await second.remains()]).toEqual([[], []])
    expect(first.stderr + second.stderr).toBe('')
  })
})

describe('SIGTERM to a shop under load', () => {
  it('loses no order that was answered with 202: the next shop settles it', async () => {
    const first = await startShop()
    const client = new ShopClient(first.url)
    const product = await client.createProduct({ qty: 100_000 })

    const ordering = Promise.all(
      Array.from({ length: 300 }, () => client.order(product.id).catch(() => undefined)),
    )
    await eventually(
      async () =>
        (await runSql(services.environment.DATABASE_URL, 'select 1 from orders.orders limit 1')).length,
    )
    first.signal('SIGTERM')
    const accepted = (await ordering).filter((answer) => answer?.status === 202)
    const code = await first.exit()
    const second = await startShop()
    const after = new ShopClient(second.url)
    const settled = await Promise.all(
      accepted.map((answer) => after.settled(answer?.body.id as number, 25_000)),
    )

    expect(code).toBe(0)
    expect(settled.filter(({ status }) => status !== 'confirmed')).toEqual([])
    const { initial, final } = await ledgerOf(services.environment.DATABASE_URL, product.id)
    expect(initial - final).toBe(await soldAccordingToOrders(product.id))
  })
})

describe('SIGTERM to a shop whose broker is silent or gone', () => {
  it.each(['fallSilent', 'refuse'] as const)(
    'ends it within a few seconds all the same (%s)',
    async (how) => {
      const proxy = await TcpProxy.inFrontOf(services.environment.RABBITMQ_URL, 5672)
      const RABBITMQ_URL = proxy.addressFor(services.environment.RABBITMQ_URL)
      const shop = await ShopProcess.start({ environment: { ...services.environment, RABBITMQ_URL } })

      await proxy[how]()
      shop.signal('SIGTERM')
      const code = await shop.exit(15_000).catch(() => 'still running after 15 s')
      await proxy.close()

      expect(code).toBe(0)
    },
  )
})
