import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openChannel } from '@stockroom/messaging/broker-connection'
import * as events from '@stockroom/messaging/events'
import { declareTopology, queues as topology } from '@stockroom/messaging/topology'
import { eventually } from '../../../bench/processes/eventually.ts'
import { handler as migrate } from '../../../functions/operations/migrate.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { migrationsOf } from '../../support/migrations.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true, database: 'empty' })
const broker = BrokerClient.of(own)

const queues = Object.keys(topology)
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

  const destinations = Object.values(events).flatMap((value) => {
    if (typeof value !== 'object' || !('of' in value)) return []
    const leadsTo = Object.entries(topology).filter(([, bound]) =>
      bound.some(({ name }) => name === value.name),
    )
    return [{ event: value.name, expected: leadsTo.map(([queue]) => queue) }]
  })

  it.each(destinations)('leads $event to $expected', async ({ event, expected }) => {
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

  it('keeps what a queue rejects for good, with the reason in its headers', async () => {
    const queue = 'stock-reduction'
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
      { products: migrationsOf('products'), orders: migrationsOf('orders') },
      { products: [], orders: [] },
    ])
    for (const queue of everyQueue) expect(await broker.count(queue)).toBe(0)
  })
})
