import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import type { RmqEvent } from '../event/rmq-event.ts'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { Emulator } from '../polling/emulator.ts'
import { ownQueue, brokerUrl as url, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'

const retryPauses = { firstMs: 50, longestMs: 50 }

let broker: ChannelModel
let channel: Channel
let queue: string
let deadQueue: string
let emulator: Emulator | undefined

beforeAll(async () => {
  broker = await amqp.connect(url)
  channel = await broker.createChannel()
})

afterAll(() => broker.close())

beforeEach(async () => {
  queue = ownQueue()
  deadQueue = `${queue}-dead`
  await channel.assertQueue(deadQueue, { arguments: { 'x-queue-type': 'quorum' } })
  await channel.assertQueue(queue, {
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': 2,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadQueue,
    },
  })
})

afterEach(async () => {
  await emulator?.stop()
  await channel.deleteQueue(queue)
  await channel.deleteQueue(deadQueue)
})

type Differing = {
  brokerUrl?: string
  batchSize?: number
  batchingWindowMs?: number
  concurrency?: number
}

/** Starts an emulator with one mapping, and returns the bodies of each batch that it hands over. */
async function startEmulator(
  invoke: (bodies: string[]) => unknown,
  { brokerUrl = url, concurrency, ...members }: Differing = {},
) {
  const batches: string[][] = []
  const log = silentLog()
  const ofQueue = {
    ...mapping,
    queue,
    virtualHost,
    batchSize: 10,
    batchingWindowMs: 500,
    brokerUrl,
    ...members,
  }
  emulator = new Emulator({
    mappings: [ofQueue],
    concurrency,
    log,
    retryPauses,
    invoke: async (_mapping, event) => {
      const bodies = bodiesOf(event)
      batches.push(bodies)
      await invoke(bodies)
    },
  })
  await emulator.start()
  return { batches, log }
}

const bodiesOf = ({ rmqMessagesByQueue }: RmqEvent) =>
  (rmqMessagesByQueue[`${queue}::${virtualHost}`] ?? []).map(({ data }) =>
    Buffer.from(data, 'base64').toString(),
  )

const send = (count: number) => {
  const bodies = Array.from({ length: count }, (_, index) => String(index))
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body), { persistent: true })
  return bodies
}

const ready = async (name: string) => (await channel.checkQueue(name)).messageCount

/** A TCP proxy in front of the broker whose connections a test can cut. */
async function startProxy() {
  const sockets = new Set<Socket>()
  const { hostname, port } = new URL(url)
  const proxy: Server = createServer((inside) => {
    const outside = connectSocket(Number(port || 5672), hostname)
    inside.pipe(outside).pipe(inside)
    for (const socket of [inside, outside]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = new URL(url)
  address.host = `127.0.0.1:${(proxy.address() as { port: number }).port}`
  return {
    url: address.href,
    cut() {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
    close: () => proxy.close(),
  }
}

describe('Emulator, with RabbitMQ', () => {
  it('hands over the messages of a quorum queue in batches and acknowledges them', async () => {
    const sent = send(25)

    const { batches } = await startEmulator(() => {}, { batchSize: 10 })
    await eventually(() => batches.flat().length === 25)
    await emulator?.stop()

    expect(batches.map(({ length }) => length)).toEqual([10, 10, 5])
    expect(batches.flat()).toEqual(sent)
    expect(await ready(queue)).toBe(0)
  })

  it('returns a failed batch as a whole, in a way that counts towards the delivery limit', async () => {
    const sent = send(3)

    const { batches } = await startEmulator(() => Promise.reject(new Error('poison')), { batchSize: 3 })
    await eventually(async () => (await ready(deadQueue)) === 3)

    // The limit of 2 allows two returns; the third sends the messages to the dead-letter queue.
    expect(batches).toEqual([sent, sent, sent])
    expect(await ready(queue)).toBe(0)
  })

  it.each([
    [undefined, 1],
    [3, 3],
  ])(
    'runs one batch of a mapping at a time, as AWS does, unless asked for more: concurrency %s',
    async (concurrency, most) => {
      send(6)
      const running: string[][] = []
      let greatest = 0
      await startEmulator(
        async (bodies) => {
          running.push(bodies)
          greatest = Math.max(greatest, running.length)
          await new Promise((resolve) => setTimeout(resolve, 100))
          running.splice(running.indexOf(bodies), 1)
        },
        { batchSize: 1, batchingWindowMs: 0, concurrency },
      )

      await eventually(async () => (await ready(queue)) === 0 && running.length === 0)

      expect(greatest).toBe(most)
    },
  )

  it('goes on after its connection was cut', async () => {
    const proxy = await startProxy()
    const { batches, log } = await startEmulator(() => {}, {
      brokerUrl: proxy.url,
      batchingWindowMs: 0,
    })

    proxy.cut()
    await eventually(() => log.warning.mock.calls.length > 1)
    send(1)
    await eventually(() => batches.length === 1)
    await emulator?.stop()
    proxy.close()

    expect(await ready(queue)).toBe(0)
    expect(log.error).not.toHaveBeenCalled()
    expect(log.warning.mock.calls.flat().join('\n')).toMatch(
      /connection lost .*, reconnecting\n.*connected again/,
    )
  })

  it('leaves a batch to the broker whose connection was cut while it ran', async () => {
    const proxy = await startProxy()
    send(1)
    const invoke = ([body]: string[]) => {
      if (batches.length === 1) proxy.cut()
      return new Promise((resolve) => setTimeout(resolve, body ? 300 : 0))
    }
    const { batches } = await startEmulator(invoke, { brokerUrl: proxy.url, batchingWindowMs: 0 })

    await eventually(() => batches.length === 2)
    await emulator?.stop()
    proxy.close()

    expect(batches).toEqual([['0'], ['0']])
    expect(await ready(queue)).toBe(0)
  })

  it('goes on when its queue was deleted and declared again', async () => {
    const { batches, log } = await startEmulator(() => {}, { batchingWindowMs: 0 })

    await channel.deleteQueue(queue)
    // RabbitMQ 3.10 tells the consumers of a quorum queue after some 30 ms, and never when it is declared again before.
    await eventually(() => log.warning.mock.calls.flat().join().includes('cancelled the consumer'))
    await channel.assertQueue(queue, { arguments: { 'x-queue-type': 'quorum' } })
    send(1)
    await eventually(() => batches.length === 1)

    expect(batches).toEqual([['0']])
  })

  it('finishes the running batch on stop and returns the rest to the queue', async () => {
    send(5)
    const finished: string[][] = []
    const { batches } = await startEmulator(
      async (bodies) => {
        await new Promise((resolve) => setTimeout(resolve, 500))
        finished.push(bodies)
      },
      { batchSize: 2 },
    )
    await eventually(() => batches.length === 1)

    await emulator?.stop()

    expect(finished).toEqual([['0', '1']])
    expect(batches).toHaveLength(1)
    await eventually(async () => (await ready(queue)) === 3)
  })
})
