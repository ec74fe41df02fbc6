import { afterEach, describe, expect, it } from '@jest/globals'
import { FakeAmqplib } from '@onify/fake-amqplib'
import type { RmqEvent } from '../event/rmq-event.ts'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import { Emulator } from './emulator.ts'

const log = silentLog()
const stock = { ...mapping, batchingWindowMs: 0 }

let emulator: Emulator

afterEach(() => emulator.stop())

/** An in-process broker with the queue `stock`. */
async function brokerWithQueue() {
  const client = new FakeAmqplib('3.7')
  const connection = await client.connect(mapping.brokerUrl)
  const channel = await connection.createChannel()
  await channel.assertQueue('stock')
  return { client, channel }
}

describe('Emulator, with an in-process broker', () => {
  it('hands messages to the function and acknowledges them', async () => {
    const { client, channel } = await brokerWithQueue()
    const received = Promise.withResolvers<RmqEvent>()
    const invoke = async (_mapping: EventSourceMapping, event: RmqEvent) => received.resolve(event)
    emulator = new Emulator({ mappings: [stock], client, invoke, log })
    await emulator.start()

    channel.sendToQueue('stock', Buffer.from('hello'), { headers: { city: 'Z' } })
    const event = await received.promise
    await emulator.stop()

    expect(event.rmqMessagesByQueue['stock::/']).toMatchObject([
      { data: 'aGVsbG8=', basicProperties: { headers: { city: { bytes: [90] } }, deliveryMode: null } },
    ])
    expect(await channel.checkQueue('stock')).toMatchObject({ messageCount: 0 })
  })

  it('returns a failed batch and hands it over again', async () => {
    const { client, channel } = await brokerWithQueue()
    const twice = Promise.withResolvers<void>()
    const redelivered: (boolean | undefined)[] = []
    const invoke = async (_mapping: EventSourceMapping, event: RmqEvent) => {
      redelivered.push(event.rmqMessagesByQueue['stock::/']?.[0]?.redelivered)
      if (redelivered.length === 1) throw new Error('not yet')
      twice.resolve()
    }
    const retryPauses = { firstMs: 10, longestMs: 10 }
    emulator = new Emulator({ mappings: [stock], client, invoke, log, retryPauses })
    await emulator.start()

    channel.sendToQueue('stock', Buffer.from('hello'))
    await twice.promise

    expect(redelivered).toEqual([false, true])
  })

  it('says which queue is missing when it does not appear in time', async () => {
    const { client } = await brokerWithQueue()
    const mappings = [stock, { ...stock, queue: 'missing' }]
    emulator = new Emulator({
      mappings,
      client,
      invoke: async () => {},
      log,
      startUpWaitMs: 50,
    })

    await expect(emulator.start()).rejects.toThrow(
      'RabbitMQ at amqp://broker.invalid:5672 has no queue "missing" in virtual host "/": declare it before polling starts.',
    )
  })
})

describe('Emulator, without a broker', () => {
  it('gives up in time, in one line without the password', async () => {
    const unreachable = { ...mapping, brokerUrl: 'amqp://guest:secret@127.0.0.1:1' }
    emulator = new Emulator({ mappings: [unreachable], invoke: async () => {}, log, startUpWaitMs: 4000 })

    await expect(emulator.start()).rejects.toThrow(
      /^RabbitMQ at amqp:\/\/127.0.0.1:1 can't be reached \([^@]*ECONNREFUSED[^@]*\): start it or correct the broker URL.$/,
    )
  })
})
