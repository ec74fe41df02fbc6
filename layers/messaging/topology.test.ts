import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Channel } from 'amqplib'
import { deadLetterQueue, declareTopology, isBound } from './topology.ts'

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

    expect(steps.filter(([step]) => step === 'bind')).toEqual([
      ['bind', 'stock-reduction.dead', 'shop.dead-letters', 'stock-reduction.dead'],
      ['bind', 'stock-reduction', 'shop.events', 'order.created'],
      ['bind', 'order-settlement.dead', 'shop.dead-letters', 'order-settlement.dead'],
      ['bind', 'order-settlement', 'shop.events', 'stock.reduced'],
      ['bind', 'order-settlement', 'shop.events', 'stock.rejected'],
    ])
  })

  it('declares every queue as a durable quorum queue', async () => {
    await declareTopology(channel)

    const queues = steps.filter(([step]) => step === 'queue')
    expect(queues.map(([, name]) => name)).toEqual([
      'stock-reduction.dead',
      'stock-reduction',
      'order-settlement.dead',
      'order-settlement',
    ])
    for (const [, , options] of queues) {
      expect(options).toMatchObject({ durable: true, arguments: { 'x-queue-type': 'quorum' } })
    }
  })

  it.each(['stock-reduction', 'order-settlement'])(
    'lets %s dead-letter at least once, with the key of its dead queue',
    async (queue) => {
      await declareTopology(channel)

      expect(queueArguments(queue).arguments).toEqual({
        'x-queue-type': 'quorum',
        'x-delivery-limit': 100,
        'x-dead-letter-exchange': 'shop.dead-letters',
        'x-dead-letter-routing-key': `${queue}.dead`,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      })
    },
  )

  it.each(['stock-reduction.dead', 'order-settlement.dead'])(
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

    const queues = steps.filter(([step]) => step === 'queue').map(([, name]) => name as string)
    for (const queue of queues.filter((name) => !name.endsWith('.dead'))) {
      expect(queues.indexOf(deadLetterQueue(queue))).toBeLessThan(queues.indexOf(queue))
    }
  })
})

describe('isBound', () => {
  it.each([
    ['order.created', true],
    ['stock.reduced', true],
    ['stock.rejected', true],
    ['order.confirmed', false],
    ['product.created', false],
    ['order.unknown', false],
  ])('says of %s: %s', (name, bound) => {
    expect(isBound(name)).toBe(bound)
  })
})
