import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { declareTopology } from '@stockroom/messaging/topology'
import { handler as migrate } from '../../../functions/operations/migrate.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { eventually } from '../../support/eventually.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true, database: 'empty' })
const broker = BrokerClient.of(own)

const queues = ['stock-reduction', 'order-settlement']
const deadQueues = queues.map((queue) => `${queue}.dead`)
const everyQueue = [...queues, ...deadQueues]

const argumentsOf = (queue: string) => ({
  'x-queue-type': 'quorum',
  'x-delivery-limit': 100,
  'x-dead-letter-exchange': 'shop.dead-letters',
  'x-dead-letter-routing-key': `${queue}.dead`,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
})

/** The broker accepts a declaration of what is there only when nothing of it differs. */
const declareQueue = (queue: string, args: object) =>
  broker.refusalOf((channel) => channel.assertQueue(queue, { durable: true, arguments: args }))

beforeAll(async () => {
  const channel = await openChannel()
  await declareTopology(channel)
  await channel.close()
})

afterEach(async () => {
  for (const queue of everyQueue) await broker.drain(queue)
})

describe('the topology', () => {
  it('can be declared any number of times, also by many at once', async () => {
    const declare = async () => declareTopology(await openChannel())

    await expect(Promise.all([declare(), declare(), declare()])).resolves.toBeDefined()
  })

  it.each(queues)('has the queue %s with exactly the arguments of the design', async (queue) => {
    expect(await declareQueue(queue, argumentsOf(queue))).toBeUndefined()
  })

  it.each(
    queues.flatMap((queue) =>
      [
        ['x-queue-type', 'classic'],
        ['x-delivery-limit', 99],
        ['x-dead-letter-exchange', 'elsewhere'],
        ['x-dead-letter-routing-key', 'elsewhere'],
      ].map(([argument, value]) => ({ queue, argument: String(argument), value })),
    ),
  )('has no queue $queue whose $argument is $value', async ({ queue, argument, value }) => {
    const refusal = await declareQueue(queue, { ...argumentsOf(queue), [argument]: value })

    expect(refusal).toMatch(new RegExp(`PRECONDITION_FAILED.*${argument}`))
  })

  it.each(deadQueues)(
    'has %s as a durable quorum queue that may be looked at any number of times',
    async (queue) => {
      const args = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 }

      expect(await declareQueue(queue, args)).toBeUndefined()
    },
  )

  it.each([
    ['shop.events', 'topic'],
    ['shop.dead-letters', 'direct'],
  ])('has the durable exchange %s of the type %s', async (exchange, type) => {
    expect(
      await broker.refusalOf((channel) => channel.assertExchange(exchange, type, { durable: true })),
    ).toBeUndefined()
    expect(
      await broker.refusalOf((channel) => channel.assertExchange(exchange, type, { durable: false })),
    ).toMatch(/PRECONDITION_FAILED/)
  })

  it.each([
    ['order.created', ['stock-reduction']],
    ['stock.reduced', ['order-settlement']],
    ['stock.rejected', ['order-settlement']],
    ['order.confirmed', []],
    ['order.rejected', []],
    ['product.created', []],
    ['product.updated', []],
    ['product.deleted', []],
  ])('leads %s to %j', async (event, expected) => {
    broker.channel.publish('shop.events', event, Buffer.from('{}'), { persistent: true })
    // Messages of one channel arrive in order: when the last is there, the one in question is as well.
    for (const queue of everyQueue)
      broker.channel.sendToQueue(queue, Buffer.from('last'), { persistent: true })

    const reached: string[] = []
    for (const queue of everyQueue) {
      const first = await broker.next(queue)
      if (first.content.toString() !== 'last') {
        reached.push(queue)
        await broker.next(queue)
      }
    }

    expect(reached).toEqual(expected)
  })

  it.each(queues)('keeps what %s rejects for good, with the reason in its headers', async (queue) => {
    broker.channel.sendToQueue(queue, Buffer.from('rejected'), { persistent: true })
    const message = await eventually(async () => (await broker.channel.get(queue)) || undefined)

    broker.channel.reject(message, false)

    const dead = await broker.next(`${queue}.dead`)
    expect(dead.content.toString()).toBe('rejected')
    expect(dead.properties.headers?.['x-first-death-queue']).toBe(queue)
  })
})

describe('migrate', () => {
  it('brings an empty database and broker up to date, and may run again', async () => {
    for (const queue of everyQueue) await broker.channel.deleteQueue(queue)
    const run = () => migrate({}, lambdaContext())

    const outcomes = [await run(), await run()]

    expect(outcomes).toEqual([
      {
        products: [
          '20261121_000000_create_products',
          '20261125_000000_add_outbox_traceparent',
          '20261126_000003_create_lock_stock',
        ],
        orders: [
          '20261121_000000_create_orders',
          '20261121_000001_create_idempotency_keys',
          '20261125_000001_add_outbox_traceparent',
          '20261126_000002_create_take_keys',
        ],
      },
      { products: [], orders: [] },
    ])
    for (const queue of everyQueue) expect(await broker.count(queue)).toBe(0)
  })
})
