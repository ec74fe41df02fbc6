import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { inspectQueues } from '@stockroom/messaging/queue-inspection'
import { queues as topology } from '@stockroom/messaging/topology'
import { shutDown } from '@stockroom/runtime/shutdown'
import fc from 'fast-check'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { main as audit } from '../../../commands/audit/audit.ts'
import { main as deadLetters } from '../../../commands/dead-letters.ts'
import type { Order } from '../../../functions/orders/order.ts'
import { deadly, deepest, hostileMessage } from '../../support/amqp/hostile-messages.ts'
import { RawPublisher, type WireMessage } from '../../support/amqp/raw-publisher.ts'
import { shortText, table } from '../../support/amqp/wire.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { seed } from '../../support/seed.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'

const random = 4000
const customers = 10
const ordersOfEach = 30
const queues = Object.keys(topology)
const deadQueues = queues.map((queue) => `${queue}.dead`)

let services: RealServices
let shop: ShopProcess
const broker = new BrokerClient()

beforeAll(async () => {
  services = await ownRealServices()
  Object.assign(process.env, services.environment, { LOG_LEVEL: 'silent' })
  shop = await ShopProcess.start({ environment: services.environment })
  await broker.connect(services.environment.RABBITMQ_URL)
})

afterAll(async () => {
  await shutDown()
  await broker.close()
  await killShops()
  await services.remove()
})

/** Messages that no consumer can handle, each with its number in its body. */
function poison(): WireMessage[] {
  const messages = fc.sample(hostileMessage, { seed, numRuns: random })
  const deep = [...deepest, ...deadly].map((value) => ({
    properties: { headers: table(['schema-version', value], ['x-first-death-reason', value]) },
    tail: Buffer.alloc(0),
  }))
  return [...messages, ...deep].map(({ properties, tail }, number) => ({
    routingKey: queues[number % queues.length] as string,
    properties,
    content: Buffer.concat([Buffer.from(`hostile ${number} `), tail]),
  }))
}

/** Messages of an order that was decided, under headers that nobody understands: consumers ignore both. */
const repeated = ({
  id: orderId,
  productId,
  quantity,
  totalPrice,
  createdAt: timestamp,
}: Order): WireMessage[] =>
  [...deepest, ...deadly].map((value) => ({
    routingKey: 'stock-reduction',
    properties: {
      headers: table(['traceparent', value], ['__proto__', value]),
      type: shortText('order.created'),
    },
    content: Buffer.from(JSON.stringify({ orderId, productId, quantity, totalPrice, timestamp })),
  }))

const huge = (routingKey: string): WireMessage => ({
  routingKey,
  properties: {},
  content: Buffer.alloc(16 * 1024 * 1024),
})

/** A customer who orders one by one, each again with its key where a busy machine refuses it. */
async function buy(client: ShopClient, productId: number): Promise<void> {
  for (let placed = 0; placed < ordersOfEach; placed += 1) {
    const headers = { 'idempotency-key': randomUUID() }
    await eventually(async () => {
      const { status } = await client.send('POST', '/orders', { productId, quantity: 1 }, headers)
      return status === 202
    }, 30_000)
  }
}

async function countOf(names: readonly string[]): Promise<number> {
  const counts = await Promise.all(names.map((name) => broker.count(name)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function unsettled(): Promise<number> {
  const sql = "select 1 from orders.orders where status <> 'confirmed'"
  return (await runSql(services.environment.DATABASE_URL, sql)).length
}

/** Publishes as fast as RabbitMQ takes it. */
async function publish(messages: WireMessage[]): Promise<void> {
  const publisher = await RawPublisher.connect(services.environment.RABBITMQ_URL)
  for (const message of messages) publisher.publish(message)
  await publisher.confirmed()
  publisher.close()
}

async function run(...args: string[]) {
  const lines: string[] = []
  const code = await deadLetters(args, (line) => lines.push(line))
  return { code, lines }
}

/** What moves a terminal's cursor or turns its direction of writing. */
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

describe(`${random} hostile messages (seed ${seed}) beside healthy orders`, () => {
  it('are set aside once each or ignored, while every order settles, and every tool works with them', async () => {
    const client = new ShopClient(shop.url)
    const { id: productId } = await client.createProduct({ qty: 1_000_000 })
    const first = await client.settled((await client.order(productId)).body.id)
    const messages = poison()
    const allAreThere = () => eventually(async () => (await countOf(deadQueues)) === messages.length, 60_000)

    const published = publish([...messages, ...repeated(first), ...queues.map(huge)])
    await Promise.all(Array.from({ length: customers }, () => buy(client, productId)))
    await published
    await allAreThere()
    await eventually(async () => (await unsettled()) === 0 && (await countOf(queues)) === 0, 60_000)

    expect(await client.qtyOf(productId)).toBe(1_000_000 - 1 - customers * ordersOfEach)
    const { deadLetters: letters } = await inspectQueues()
    const numbers = letters.map(({ body }) => Number(/^hostile (\d+) /.exec(body)?.[1]))
    expect(numbers.sort((a, b) => a - b)).toEqual(messages.map((_, number) => number))

    await allAreThere()
    const list = await run('list')
    expect(list.code).toBe(0)
    expect(list.lines.at(-1)).toBe(`${messages.length} dead letters`)
    expect(list.lines).toHaveLength(messages.length + 2)
    expect(list.lines.filter((line) => control.test(line))).toEqual([])

    const report: string[] = []
    await allAreThere()
    expect(await audit((line) => report.push(line))).toBe(0)
    expect(report.join('\n')).toContain(`${messages.length} for a person`)

    await allAreThere()
    const discarded = [`${messages.length} messages discarded`]
    expect(await run('discard', '--all')).toEqual({ code: 0, lines: discarded })
    expect(await countOf(deadQueues)).toBe(0)
  })

  it('are told of in the log by short lines, and break nothing', () => {
    const lines = `${shop.stdout}\n${shop.stderr}`.split('\n')
    const told = lines.filter((line) => line.includes('message goes to the dead letters'))

    expect(told.length).toBeGreaterThanOrEqual(random)
    expect(told.filter((line) => line.length > 3000 || control.test(line)).slice(0, 3)).toEqual([])
    const broken = /TypeError|RangeError|type tag|not confirmed/
    expect(lines.filter((line) => broken.test(line)).slice(0, 3)).toEqual([])
  })
})
