import { afterAll, beforeAll, expect, it } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { type RmqMessage, toRmqEvent } from '../index.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'

const queue = ownQueue()
const bytesOf = (text: string) => ({ bytes: [...new Int8Array(Buffer.from(text))] })

let broker: ChannelModel
let channel: Channel

beforeAll(async () => {
  broker = await amqp.connect(brokerUrl)
  channel = await broker.createChannel()
  await channel.assertQueue(queue, { exclusive: true })
})

afterAll(() => broker.close())

/** What a function gets of a message that went through RabbitMQ. */
async function sent(content: Buffer, options: object): Promise<RmqMessage> {
  channel.sendToQueue(queue, content, options)
  let message: RmqMessage | undefined
  await eventually(async () => {
    const got = await channel.get(queue, { noAck: true })
    if (!got) return false
    const event = toRmqEvent({ eventSourceArn: 'arn', queue, virtualHost }, [got])
    message = event.rmqMessagesByQueue[`${queue}::${virtualHost}`]?.[0]
    return true
  })
  return message as RmqMessage
}

it('a message without properties has them all, as null', async () => {
  const { basicProperties } = await sent(Buffer.from('x'), {})

  const { headers, bodySize, ...others } = basicProperties
  // amqplib sends a table of headers with every message.
  expect({ headers, bodySize }).toEqual({ headers: {}, bodySize: 1 })
  expect(others).toEqual({
    deliveryMode: null,
    contentType: null,
    contentEncoding: null,
    priority: null,
    correlationId: null,
    replyTo: null,
    expiration: null,
    messageId: null,
    timestamp: null,
    type: null,
    userId: null,
    appId: null,
    clusterId: null,
  })
})

it('every property arrives in its own type', async () => {
  const { basicProperties } = await sent(Buffer.from('x'), {
    contentType: 'text/plain',
    contentEncoding: 'utf-8',
    persistent: true,
    priority: 9,
    correlationId: 'c',
    replyTo: 'r',
    expiration: 60_000,
    messageId: 'm',
    timestamp: 2021,
    type: 't',
    userId: new URL(brokerUrl).username || 'guest',
    appId: 'a',
  })

  expect(basicProperties).toMatchObject({
    contentType: 'text/plain',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
    priority: 9,
    correlationId: 'c',
    replyTo: 'r',
    expiration: '60000',
    messageId: 'm',
    timestamp: 'Jan 1, 1970, 12:33:41 AM',
    type: 't',
    appId: 'a',
  })
})

it('headers of every type that AMQP knows arrive as Lambda shows them', async () => {
  const { basicProperties } = await sent(Buffer.from('x'), {
    headers: {
      text: 'Zü',
      byte: 1,
      short: -300,
      int: 100_000,
      long: 5_000_000_000,
      double: 0.5,
      yes: true,
      no: false,
      nothing: null,
      bytes: Buffer.from([0, 127, 128, 255]),
      date: { '!': 'timestamp', value: 1_709_251_199 },
      price: { '!': 'decimal', value: { places: 2, digits: 1999 } },
      table: { inner: 'x', deeper: { n: 1 } },
      list: [1, 'x', [true]],
    },
  })

  expect(basicProperties.headers).toEqual({
    text: bytesOf('Zü'),
    byte: 1,
    short: -300,
    int: 100_000,
    long: 5_000_000_000,
    double: 0.5,
    yes: true,
    no: false,
    nothing: null,
    bytes: [0, 127, -128, -1],
    date: 'Feb 29, 2024, 11:59:59 PM',
    price: 19.99,
    table: { inner: bytesOf('x'), deeper: { n: 1 } },
    list: [1, bytesOf('x'), [true]],
  })
})

it('data is the base64 of any bytes', async () => {
  const content = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

  const { data, basicProperties } = await sent(content, {})

  expect(data).toBe(content.toString('base64'))
  expect(basicProperties.bodySize).toBe(256)
})
