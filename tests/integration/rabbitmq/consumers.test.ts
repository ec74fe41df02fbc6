import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { deadLetterQueue, declareTopology, queues } from '@stockroom/messaging/topology'
import type { GetMessage } from 'amqplib'
import { findOrder } from '../../../functions/orders/order-store.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { toRmqEvent } from '../../../plugins/serverless-offline-rabbitmq/index.ts'
import { deadly } from '../../support/amqp/hostile-messages.ts'
import { RawPublisher } from '../../support/amqp/raw-publisher.ts'
import {
  arrayField,
  field,
  intField,
  longLong,
  shortText,
  table,
  textField,
  type WireProperties,
} from '../../support/amqp/wire.ts'
import { BrokerClient, bodyOf } from '../../support/broker-client.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { orderCreatedMessage, place, qtyOf, storeProduct } from '../../support/stories.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.of(own)
const everyQueue = Object.keys(queues).flatMap((queue) => [queue, deadLetterQueue(queue)])

beforeAll(async () => declareTopology(await openChannel()))

beforeEach(async () => {
  for (const queue of everyQueue) await broker.drain(queue)
})

/** What AWS makes of messages that came out of a queue. */
const eventOf = (queue: string, messages: GetMessage[]) =>
  toRmqEvent(
    { eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:stockroom:b-0', queue, virtualHost: '/' },
    messages,
  )

/** Takes the waiting messages of a queue, at least one, and hands them to the consumer as one batch. */
async function consume(queue: string, consumer: typeof reduceStock): Promise<void> {
  const batch = [await broker.next(queue), ...(await broker.drain(queue))]
  await consumer(eventOf(queue, batch) as never, lambdaContext())
}

const sendTo = (queue: string, content: string, properties: object = {}) =>
  broker.channel.sendToQueue(queue, Buffer.from(content), {
    persistent: true,
    type: 'order.created',
    ...properties,
  })

const confirmed = { 'schema-version': 1 }

describe('an order', () => {
  it.each([
    [3, 'confirmed', null, 2],
    [6, 'rejected', 'insufficient-stock', 5],
  ])(
    'of %d out of 5 is %s over the real broker, under one request id',
    async (quantity, status, reason, left) => {
      const product = await storeProduct({ qty: 5 })
      const prices = { unitPrice: 1, totalPrice: quantity }
      const { order } = await place({
        productId: product.id,
        quantity,
        ...prices,
        requestId: 'story-1',
      })

      await consume('stock-reduction', reduceStock)
      const outcome = await broker.next('order-settlement')
      await settleOrder(eventOf('order-settlement', [outcome]) as never, lambdaContext())

      expect(outcome.properties.correlationId).toBe('story-1')
      expect(await findOrder(order.id)).toMatchObject({ status, reason })
      expect(await qtyOf(product.id)).toBe(left)
    },
  )
})

describe('a poison message', () => {
  it.each([
    ['that is not JSON', '{"orderId": 1', {}, 'not JSON'],
    ['of the wrong shape', '{"orderId": "1"}', {}, 'not the shape of order.created'],
    ['of an unknown version', '{}', { headers: { 'schema-version': 2 } }, 'unknown schema-version 2'],
    ['of an unknown event', '{}', { type: 'order.eaten' }, 'unknown event order.eaten'],
  ])(
    '%s goes to the dead letters as it came, with the reason',
    async (_what, content, properties, reason) => {
      sendTo('stock-reduction', content, { messageId: 'm-1', correlationId: 'c-1', ...properties })

      await consume('stock-reduction', reduceStock)

      const dead = await broker.next('stock-reduction.dead')
      expect(dead.content.toString()).toBe(content)
      expect(dead.properties).toMatchObject({
        messageId: 'm-1',
        correlationId: 'c-1',
        deliveryMode: 2,
        headers: {
          'x-dead-letter-reason': reason,
          'x-first-failed-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          'x-attempts': 1,
        },
      })
    },
  )

  it('of the queue order-settlement goes to the dead letters of that queue', async () => {
    sendTo('order-settlement', 'nonsense', { type: 'stock.reduced' })

    await consume('order-settlement', settleOrder)

    expect((await broker.next('order-settlement.dead')).content.toString()).toBe('nonsense')
    expect(await broker.count('stock-reduction.dead')).toBe(0)
  })

  it('keeps its own headers and the time of its first failure when it was redriven and fails again', async () => {
    const firstFailure = '2026-11-20T10:00:00.000Z'
    sendTo('stock-reduction', 'nonsense', {
      headers: { 'x-first-failed-at': firstFailure, origin: 'Größe', n: 7 },
    })

    await consume('stock-reduction', reduceStock)

    const { properties } = await broker.next('stock-reduction.dead')
    expect(properties.headers).toMatchObject({ 'x-first-failed-at': firstFailure, origin: 'Größe', n: 7 })
  })

  describe('that nobody could publish again as it is', () => {
    const notUtf8 = Buffer.alloc(255, 0xff)
    const sent: [string, WireProperties, string][] = [
      [
        'a version of 33 kB',
        { headers: table(['schema-version', textField('v'.repeat(33_000))]) },
        'schema-version',
      ],
      ['a name that is no text', { headers: table([notUtf8, intField(1)]) }, `${'\ufffd'.repeat(40)}…`],
      ['an id that is no text', { messageId: shortText(notUtf8) }, 'messageId'],
      [
        'a time beyond all',
        { headers: table(['time', field('T', longLong(-1n))]), timestamp: longLong(-1n) },
        '',
      ],
      ['other queues', { headers: table(['CC', arrayField(textField('order-settlement'))]) }, 'CC'],
      ['a reply', { replyTo: shortText('amq.rabbitmq.reply-to.x') }, 'replyTo'],
      ...deadly.map((value): [string, WireProperties, string] => [
        'a deadly header',
        { headers: table(['odd', value]) },
        '',
      ]),
    ]

    it.each(sent)('goes to the dead letters once, without %s', async (_what, properties, left) => {
      const publisher = await RawPublisher.connect(own.rabbitmqUrl)
      publisher.publish({ routingKey: 'stock-reduction', properties, content: Buffer.from('nonsense') })
      await publisher.confirmed()
      publisher.close()

      await consume('stock-reduction', reduceStock)

      const dead = await broker.next('stock-reduction.dead')
      expect(dead.content.toString()).toBe('nonsense')
      expect(dead.properties.headers?.['x-dead-letter-reason']).toMatch(
        /^(not JSON|unknown schema-version v{80}…)(; without .+)?$/,
      )
      expect(dead.properties.headers?.['x-dead-letter-reason']).toContain(left)
      expect(await broker.count('stock-reduction.dead')).toBe(0)
    })
  })

  it('delays none of its neighbours', async () => {
    const { id: productId } = await storeProduct({ qty: 10 })
    const healthy = async (quantity: number) =>
      JSON.stringify((await orderCreatedMessage({ productId, quantity })).body)
    sendTo('stock-reduction', await healthy(1), { headers: confirmed })
    sendTo('stock-reduction', 'nonsense')
    sendTo('stock-reduction', await healthy(2), { headers: confirmed })
    sendTo('stock-reduction', '[]')
    sendTo('stock-reduction', await healthy(4))

    await consume('stock-reduction', reduceStock)

    expect(await qtyOf(productId)).toBe(3)
    const outcomes = [await broker.next('order-settlement'), ...(await broker.drain('order-settlement'))]
    expect(outcomes.map((outcome) => bodyOf(outcome).quantity)).toEqual([1, 2, 4])
    expect(await broker.count('stock-reduction.dead')).toBe(2)
  })

  it('makes the whole batch come again while its dead-letter queue is missing, and is not lost', async () => {
    await broker.channel.deleteQueue('stock-reduction.dead')
    const { id: productId } = await storeProduct({ qty: 10 })
    sendTo('stock-reduction', 'nonsense')
    sendTo('stock-reduction', JSON.stringify((await orderCreatedMessage({ productId })).body))

    const consuming = consume('stock-reduction', reduceStock)

    await expect(consuming).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    await declareTopology(await openChannel())
  })
})
