import { describe, expect, it } from '@jest/globals'
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
const broker = BrokerClient.withQueues(own)

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
      const { id: productId } = await storeProduct({ qty: 5 })
      const draft = { productId, quantity, unitPrice: 1, totalPrice: quantity, requestId: 'story-1' }
      const { order } = await place(draft)

      await consume('stock-reduction', reduceStock)
      const outcome = await broker.next('order-settlement')
      await settleOrder(eventOf('order-settlement', [outcome]) as never, lambdaContext())

      expect(outcome.properties.correlationId).toBe('story-1')
      expect(await findOrder(order.id)).toMatchObject({ status, reason })
      expect(await qtyOf(productId)).toBe(left)
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

  it('of the queue order-settlement goes to the dead letters of that queue, again with the time of its first failure and its own headers', async () => {
    const headers = { 'x-first-failed-at': '2026-11-20T10:00:00.000Z', origin: 'Größe', n: 7 }
    sendTo('order-settlement', 'nonsense', { type: 'stock.reduced', headers })

    await consume('order-settlement', settleOrder)

    const { content, properties } = await broker.next('order-settlement.dead')
    expect(content.toString()).toBe('nonsense')
    expect(properties.headers).toMatchObject(headers)
    expect(await broker.count('stock-reduction.dead')).toBe(0)
  })

  it('that nobody could publish again as it is goes to the dead letters once, without what stands in the way', async () => {
    const notUtf8 = Buffer.alloc(255, 0xff)
    const time = { headers: table(['time', field('T', longLong(-1n))]), timestamp: longLong(-1n) }
    const version = table(['schema-version', textField('v'.repeat(33_000))])
    const unknownVersion = /^unknown schema-version v{80}…; without schema-version$/
    const sent: [what: string, WireProperties, reason: RegExp][] = [
      ['a version of 33 kB', { headers: version }, unknownVersion],
      [
        'a name that is no text',
        { headers: table([notUtf8, intField(1)]) },
        /^not JSON; without \ufffd{40}…/,
      ],
      ['an id that is no text', { messageId: shortText(notUtf8) }, /^not JSON; without messageId$/],
      ['a time beyond all', time, /^not JSON/],
      [
        'other queues',
        { headers: table(['CC', arrayField(textField('order-settlement'))]) },
        /; without CC$/,
      ],
      ['a reply', { replyTo: shortText('amq.rabbitmq.reply-to.x') }, /^not JSON; without replyTo$/],
      ...deadly.map((value): [string, WireProperties, RegExp] => [
        'a deadly header',
        { headers: table(['odd', value]) },
        /^not JSON/,
      ]),
    ]
    const publisher = await RawPublisher.connect(own.rabbitmqUrl)
    for (const [what, properties] of sent)
      publisher.publish({ routingKey: 'stock-reduction', properties, content: Buffer.from(what) })
    await publisher.confirmed()
    publisher.close()

    await broker.holds('stock-reduction', sent.length)
    await consume('stock-reduction', reduceStock)

    const dead = await broker.drain('stock-reduction.dead')
    expect(
      dead.map(({ content, properties }) => [
        content.toString(),
        properties.headers?.['x-dead-letter-reason'],
      ]),
    ).toEqual(sent.map(([what, , reason]) => [what, expect.stringMatching(reason)]))
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
  })
})
