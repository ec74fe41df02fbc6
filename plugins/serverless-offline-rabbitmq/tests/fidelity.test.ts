import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { type RmqMessage, toRmqEvent } from '../index.ts'
import { Emulator } from '../polling/emulator.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'

const queue = ownQueue()
/** A quorum queue, which an emulator polls. */
const polled = ownQueue()
const bytesOf = (text: string) => ({ bytes: [...new Int8Array(Buffer.from(text))] })

let broker: ChannelModel
let channel: Channel
let emulator: Emulator | undefined

beforeAll(async () => {
  broker = await amqp.connect(brokerUrl)
  channel = await broker.createChannel()
  await channel.assertQueue(queue, { exclusive: true })
  await channel.assertQueue(polled, { arguments: { 'x-queue-type': 'quorum' } })
})

afterEach(async () => {
  await emulator?.stop()
  await channel.purgeQueue(polled)
})

afterAll(async () => {
  await channel.deleteQueue(polled)
  await broker.close()
})

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

describe(documentedAs('Event'), () => {
  it('has every property of a message that RabbitMQ delivers without any, as null', async () => {
    const { basicProperties } = await sent(Buffer.from('x'), {})

    const { headers, bodySize, ...others } = basicProperties
    // amqplib sends a table of headers with every message.
    expect({ headers, bodySize }).toEqual({ headers: {}, bodySize: 1 })
    expect(Object.keys(others)).toHaveLength(13)
    expect(new Set(Object.values(others))).toEqual(new Set([null]))
  })

  it('has every property that RabbitMQ delivers, in its own type', async () => {
    const properties = {
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      priority: 9,
      correlationId: 'c',
      replyTo: 'r',
      messageId: 'm',
      type: 't',
      userId: new URL(brokerUrl).username || 'guest',
      appId: 'a',
    }

    const others = { persistent: true, expiration: 60_000, timestamp: 2021 }
    const { basicProperties } = await sent(Buffer.from('x'), { ...properties, ...others })

    expect(basicProperties).toMatchObject({
      ...properties,
      deliveryMode: 2,
      expiration: '60000',
      timestamp: 'Jan 1, 1970, 12:33:41 AM',
    })
  })

  it('has the bytes that RabbitMQ delivers, in base64', async () => {
    const content = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

    const { data, basicProperties } = await sent(content, {})

    expect(data).toBe(content.toString('base64'))
    expect(basicProperties.bodySize).toBe(256)
  })
})

describe(documentedAs('Headers'), () => {
  it('has the headers that RabbitMQ delivers, of every type that AMQP 0-9-1 knows', async () => {
    const alike = {
      byte: 1,
      short: -300,
      int: 100_000,
      long: 5_000_000_000,
      double: 0.5,
      yes: true,
      no: false,
      nothing: null,
    }
    const differing: [name: string, sent: unknown, shown: unknown][] = [
      ['text', 'Zü', bytesOf('Zü')],
      ['bytes', Buffer.from([0, 127, 128, 255]), [0, 127, -128, -1]],
      ['date', { '!': 'timestamp', value: 1_709_251_199 }, 'Feb 29, 2024, 11:59:59 PM'],
      ['price', { '!': 'decimal', value: { places: 2, digits: 1999 } }, 19.99],
      ['table', { inner: 'x', deeper: { n: 1 } }, { inner: bytesOf('x'), deeper: { n: 1 } }],
      ['list', [1, 'x', [true]], [1, bytesOf('x'), [true]]],
    ]
    const headers = (column: 1 | 2) => ({
      ...alike,
      ...Object.fromEntries(differing.map((row) => [row[0], row[column]])),
    })

    const { basicProperties } = await sent(Buffer.from('x'), { headers: headers(1) })

    expect(basicProperties.headers).toEqual(headers(2))
  })
})

type Handed = { functionKey: string; batch: string[]; redelivered: boolean[] }

/** Polls the queue for some functions, and resolves with what they are handed. */
async function poll(functionKeys: string[], invoke: (handed: Handed) => unknown, firstMs = 50) {
  const handed: Handed[] = []
  emulator = new Emulator({
    mappings: functionKeys.map((functionKey) => ({
      ...mapping,
      functionKey,
      queue: polled,
      virtualHost,
      brokerUrl,
    })),
    log: silentLog(),
    retryPauses: { firstMs, longestMs: firstMs },
    invoke: async ({ functionKey }, { rmqMessagesByQueue }) => {
      const messages = Object.values(rmqMessagesByQueue).flat()
      const batch = messages.map(({ data }) => Buffer.from(data, 'base64').toString())
      const its = { functionKey, batch, redelivered: messages.map(({ redelivered }) => redelivered) }
      handed.push(its)
      await invoke(its)
    },
  })
  await emulator.start()
  return handed
}

const ready = async () => (await channel.checkQueue(polled)).messageCount
const send = (count: number, options: object = {}) => {
  const bodies = Array.from({ length: count }, (_, index) => String(index))
  for (const body of bodies) channel.sendToQueue(polled, Buffer.from(body), options)
  return bodies
}

describe(documentedAs('Function error'), () => {
  it('lets Lambda retry the whole batch of messages until processing succeeds', async () => {
    const batch = send(3)

    const handed = await poll(['reduce'], () => {
      if (handed.length < 3) throw new Error('not yet')
    })
    await eventually(() => handed.length === 3)
    await emulator?.stop()

    const [first, second, third] = [false, true, true].map((is) => ({
      functionKey: 'reduce',
      batch,
      redelivered: batch.map(() => is),
    }))
    expect(handed).toEqual([first, second, third])
    expect(await ready()).toBe(0)
  })

  it('lets Lambda retry the batch no more once its messages expire', async () => {
    send(3, { expiration: '200' })

    const handed = await poll(
      ['reduce'],
      ({ batch }) => {
        if (batch[0] === '0') throw new Error('never')
      },
      400,
    )
    await eventually(() => handed.length === 1)
    // It comes behind those that go back, if they do.
    channel.sendToQueue(polled, Buffer.from('next'))
    await eventually(() => handed.length === 2)

    expect(handed.map(({ batch }) => batch)).toEqual([['0', '1', '2'], ['next']])
    expect(await ready()).toBe(0)
  })
})

describe(documentedAs('The same queue twice'), () => {
  it('for two functions hands each message to one of them', async () => {
    const handed = await poll(['first', 'second'], () => {})
    const bodies = send(30)

    await eventually(() => handed.flatMap(({ batch }) => batch).length >= 30)
    await emulator?.stop()

    expect(new Set(handed.flatMap(({ batch }) => batch))).toEqual(new Set(bodies))
    expect(handed.flatMap(({ batch }) => batch)).toHaveLength(30)
    expect(new Set(handed.map(({ functionKey }) => functionKey))).toEqual(new Set(['first', 'second']))
  })
})

describe(documentedAs('Queues'), () => {
  it('are those that the broker has: a missing one ends the start, and is not declared', async () => {
    const missing = ownQueue()
    emulator = new Emulator({
      mappings: [{ ...mapping, queue: missing, virtualHost, brokerUrl }],
      log: silentLog(),
      invoke: async () => {},
      startUpWaitMs: 1000,
    })

    await expect(emulator.start()).rejects.toThrow(
      new RegExp(`^RabbitMQ at amqp://[^@]* has no queue "${missing}" in virtual host "[^"]+": declare it`),
    )
  })
})
