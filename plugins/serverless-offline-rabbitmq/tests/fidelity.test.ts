import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Options } from 'amqplib'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { type RmqMessage, toRmqEvent } from '../index.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'
import { PolledQueue } from './polled-queue.ts'

const queue = PolledQueue.forEachTest()
beforeEach(() => queue.declare())

const bytesOf = (text: string) => ({ bytes: [...new Int8Array(Buffer.from(text))] })

/** What a function gets of a message that went through RabbitMQ. */
async function sent(content: Buffer, options: Options.Publish): Promise<RmqMessage> {
  const { queue: name } = await queue.channel.assertQueue('', { exclusive: true })
  queue.channel.sendToQueue(name, content, options)
  const delivery = await eventually(() => queue.channel.get(name, { noAck: true }))
  const event = toRmqEvent({ eventSourceArn: 'arn', queue: name, virtualHost }, [delivery])
  return event.rmqMessagesByQueue[`${name}::${virtualHost}`]?.[0] as RmqMessage
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

describe(documentedAs('Function error'), () => {
  it('lets Lambda retry the whole batch of messages until processing succeeds', async () => {
    const batch = queue.send(3)

    const { handed } = await queue.poll(() => {
      if (handed.length < 3) throw new Error('not yet')
    })
    await eventually(() => handed.length === 3)
    await queue.stop()

    const redelivered = [false, true, true].map((is) => batch.map(() => is))
    expect(handed).toEqual(redelivered.map((is) => ({ functionKey: 'reduce', batch, redelivered: is })))
    expect(await queue.ready()).toBe(0)
  })

  it('lets Lambda retry the batch no more once its messages expire', async () => {
    queue.send(3, { expiration: '200' })

    const { handed, batches } = await queue.poll(
      ({ batch }) => {
        if (batch[0] === '0') throw new Error('never')
      },
      { retryPauses: { firstMs: 400, longestMs: 400 } },
    )
    await eventually(() => handed.length === 1)
    // It comes behind those that go back, if they do.
    queue.channel.sendToQueue(queue.name, Buffer.from('next'))
    await eventually(() => handed.length === 2)

    expect(batches()).toEqual([['0', '1', '2'], ['next']])
    expect(await queue.ready()).toBe(0)
  })
})

describe(documentedAs('The same queue twice'), () => {
  it('for two functions hands each message to one of them', async () => {
    const mappings = ['first', 'second'].map((functionKey) => ({ functionKey }))
    const { handed, batches } = await queue.poll(() => {}, { mappings })
    const bodies = queue.send(30)

    await eventually(() => batches().flat().length >= 30)
    await queue.stop()

    expect(batches().flat().sort()).toEqual(bodies.sort())
    expect(new Set(handed.map(({ functionKey }) => functionKey))).toEqual(new Set(['first', 'second']))
  })
})

describe(documentedAs('Queues'), () => {
  it('are those that the broker has: a missing one ends the start, and is not declared', async () => {
    const missing = ownQueue()

    const polling = queue.poll(() => {}, { mappings: [{ queue: missing }] })

    await expect(polling).rejects.toThrow(
      new RegExp(`^RabbitMQ at amqp://[^@]* has no queue "${missing}" in virtual host "[^"]+": declare it`),
    )
  })
})
