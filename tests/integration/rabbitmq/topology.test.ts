import { describe, expect, it } from '@jest/globals'
import { openChannel } from '@stockroom/messaging/broker-connection'
import * as events from '@stockroom/messaging/events'
import { declareTopology, queues as topology } from '@stockroom/messaging/topology'
import { handler as migrate } from '../../../functions/operations/migrate.ts'
import { BrokerClient, everyQueue } from '../../support/broker-client.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { migrationsOf } from '../../support/migrations.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true, database: 'empty' })
const broker = BrokerClient.withQueues(own)

const argumentsOf = (queue: string) =>
  queue.endsWith('.dead')
    ? // It may be looked at any number of times.
      { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 }
    : {
        'x-queue-type': 'quorum',
        'x-delivery-limit': 100,
        'x-dead-letter-exchange': 'shop.dead-letters',
        'x-dead-letter-routing-key': `${queue}.dead`,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      }

describe('the topology', () => {
  it('can be declared any number of times, also by many at once', async () => {
    const declare = async () => declareTopology(await openChannel())

    await expect(Promise.all([declare(), declare(), declare()])).resolves.toBeDefined()
  })

  // The broker accepts a declaration of what is there only when nothing of it differs.
  it.each(everyQueue)('has the durable queue %s with exactly the arguments of the design', async (queue) => {
    const options = { durable: true, arguments: argumentsOf(queue) }

    expect(await broker.refusalOf((channel) => channel.assertQueue(queue, options))).toBeUndefined()
  })

  it.each([
    ['shop.events', 'topic'],
    ['shop.dead-letters', 'direct'],
  ])('has the durable exchange %s of the type %s', async (exchange, type) => {
    const refusalOf = (durable: boolean) =>
      broker.refusalOf((channel) => channel.assertExchange(exchange, type, { durable }))

    expect(await refusalOf(true)).toBeUndefined()
    expect(await refusalOf(false)).toMatch(/PRECONDITION_FAILED/)
  })

  const destinations = Object.values(events).flatMap((value) => {
    if (typeof value !== 'object' || !('of' in value)) return []
    const leadsTo = Object.entries(topology).filter(([, bound]) =>
      bound.some(({ name }) => name === value.name),
    )
    return [{ event: value.name, expected: leadsTo.map(([queue]) => queue) }]
  })

  it.each(destinations)('leads $event to $expected', async ({ event, expected }) => {
    broker.channel.publish('shop.events', event, Buffer.from('{}'))
    // Messages of one channel arrive in order: when the last is there, the one in question is as well.
    for (const queue of everyQueue) broker.channel.sendToQueue(queue, Buffer.from('last'))

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
