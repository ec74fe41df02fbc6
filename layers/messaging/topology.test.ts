import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Channel } from 'amqplib'
import * as events from './events.ts'
import { deadLetterQueue, declareTopology, isBound, queues } from './topology.ts'

const steps: unknown[][] = []
const note =
  (name: string) =>
  async (...parameters: unknown[]) => {
    steps.push([name, ...parameters])
  }
const channel = {
  assertExchange: note('exchange'),
  assertQueue: note('queue'),
  bindQueue: note('bind'),
} as unknown as Channel
const queueNames = Object.keys(queues)
const queueArguments = (queue: string) =>
  steps.find(([step, name]) => step === 'queue' && name === queue)?.[2] as { arguments: object }

beforeEach(() => {
  steps.length = 0
})

describe('declareTopology', () => {
  it('declares the topic exchange of events and the direct exchange of dead letters, both durable', async () => {
    await declareTopology(channel)

    expect(steps.filter(([step]) => step === 'exchange')).toEqual([
      ['exchange', 'shop.events', 'topic', { durable: true }],
      ['exchange', 'shop.dead-letters', 'direct', { durable: true }],
    ])
  })

  it('binds each queue to its events, and each dead queue by its own name', async () => {
    await declareTopology(channel)

    expect(steps.filter(([step]) => step === 'bind')).toEqual(
      Object.entries(queues).flatMap(([queue, bound]) => [
        ['bind', `${queue}.dead`, 'shop.dead-letters', `${queue}.dead`],
        ...bound.map(({ name }) => ['bind', queue, 'shop.events', name]),
      ]),
    )
  })

  it('declares every queue as a durable quorum queue', async () => {
    await declareTopology(channel)

    const declared = steps.filter(([step]) => step === 'queue')
    expect(declared.map(([, name]) => name)).toEqual(queueNames.flatMap((queue) => [`${queue}.dead`, queue]))
    for (const [, , options] of declared) {
      expect(options).toMatchObject({ durable: true, arguments: { 'x-queue-type': 'quorum' } })
    }
  })

  it.each(queueNames)('lets %s dead-letter at least once, with the key of its dead queue', async (queue) => {
    await declareTopology(channel)

    expect(queueArguments(queue).arguments).toEqual({
      'x-queue-type': 'quorum',
      'x-delivery-limit': 100,
      'x-dead-letter-exchange': 'shop.dead-letters',
      'x-dead-letter-routing-key': `${queue}.dead`,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    })
  })

  it.each(queueNames.map(deadLetterQueue))(
    'lets %s keep its messages, however often a person looks at them',
    async (queue) => {
      await declareTopology(channel)

      const settings = queueArguments(queue).arguments
      expect(settings).toHaveProperty('x-delivery-limit', expect.any(Number))
      expect(settings).not.toHaveProperty('x-message-ttl')
      expect(settings).not.toHaveProperty('x-dead-letter-exchange')
    },
  )

  it('declares a dead queue before the queue that leads there', async () => {
    await declareTopology(channel)

    const declared = steps.filter(([step]) => step === 'queue').map(([, name]) => name as string)
    for (const queue of queueNames) {
      expect(declared.indexOf(deadLetterQueue(queue))).toBeLessThan(declared.indexOf(queue))
    }
  })
})

describe('isBound', () => {
  const bound = Object.values(queues).flatMap((list) => list.map(({ name }) => name as string))
  const others = Object.values(events).flatMap((value) =>
    typeof value === 'object' && 'of' in value && !bound.includes(value.name) ? [value.name] : [],
  )

  it.each<[string, boolean]>([
    ...bound.map((name): [string, boolean] => [name, true]),
    ...[...others, 'order.unknown'].map((name): [string, boolean] => [name, false]),
  ])('says of %s: %s', (name, answer) => {
    expect(isBound(name)).toBe(answer)
  })
})
