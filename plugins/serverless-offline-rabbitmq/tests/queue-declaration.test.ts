import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { Emulator } from '../polling/emulator.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'

let broker: ChannelModel
let channel: Channel
let queue: string
let deadQueue: string
let emulator: Emulator | undefined

beforeAll(async () => {
  broker = await amqp.connect(brokerUrl)
  broker.on('error', () => {})
  channel = await broker.createChannel()
})

afterAll(() => broker.close())

beforeEach(() => {
  invoke.mockReset().mockResolvedValue()
  queue = ownQueue()
  deadQueue = `${queue}-dead`
})

afterEach(async () => {
  await emulator?.stop()
  for (const name of [queue, deadQueue]) await channel.deleteQueue(name)
})

const invoke = jest.fn<() => Promise<void>>()
const deadLettering = (more: object = {}) => ({
  'x-queue-type': 'quorum',
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': deadQueue,
  ...more,
})

async function startWith(declareQueues: boolean | Record<string, Record<string, unknown>>) {
  emulator = new Emulator({
    mappings: [{ ...mapping, queue, brokerUrl, virtualHost }],
    declareQueues,
    invoke,
    log: silentLog(),
    startUpWaitMs: 1000,
    retryPauses: { firstMs: 50, longestMs: 50 },
  })
  await emulator.start()
}

/** Whether the queue is there with these arguments: RabbitMQ refuses to declare it with any others. */
const hasArguments = (declaration: Record<string, unknown>, name = queue) =>
  isAccepted((own) => own.assertQueue(name, { durable: true, arguments: declaration }))

const isThere = (name: string) => isAccepted((own) => own.checkQueue(name))

async function isAccepted(ask: (own: Channel) => Promise<unknown>): Promise<boolean> {
  const own = await broker.createChannel()
  own.on('error', () => {})
  try {
    await ask(own)
    await own.close()
    return true
  } catch {
    return false
  }
}

describe('declareQueues', () => {
  it('declares a missing queue as a durable quorum queue', async () => {
    await startWith(true)

    expect(await hasArguments({ 'x-queue-type': 'quorum' })).toBe(true)
  })

  it('declares a named queue with its arguments', async () => {
    const limited = { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 }

    await startWith({ [queue]: limited })

    expect(await hasArguments(limited)).toBe(true)
  })

  it('leaves a queue alone that is there with other arguments', async () => {
    await channel.assertQueue(queue, { durable: true })

    await startWith(true)

    expect(await hasArguments({})).toBe(true)
  })

  it('declares the queue for dead letters of a queue that a function consumes, and hands it what failed too often', async () => {
    const dead = { 'x-queue-type': 'quorum', 'x-max-length': 100 }
    const source = deadLettering({ 'x-delivery-limit': 1 })

    await startWith({ [queue]: source, [deadQueue]: dead })
    invoke.mockRejectedValue(new Error('poison'))
    channel.sendToQueue(queue, Buffer.from('x'))

    await eventually(async () => (await channel.checkQueue(deadQueue)).messageCount === 1)
    expect(await hasArguments(source)).toBe(true)
    expect(await hasArguments(dead, deadQueue)).toBe(true)
  })

  it('declares queues that send their dead letters to each other, as for a retry that waits', async () => {
    const waiting = {
      'x-message-ttl': 60_000,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queue,
    }

    await startWith({ [queue]: deadLettering(), [deadQueue]: waiting })

    expect(await hasArguments(deadLettering())).toBe(true)
    expect(await hasArguments(waiting, deadQueue)).toBe(true)
  })

  it('refuses to declare a queue whose dead letters would get lost, because nothing takes them', async () => {
    await expect(startWith({ [queue]: deadLettering() })).rejects.toThrow(
      `Queue "${queue}" sends its dead letters to queue "${deadQueue}", which isn't there: name it in declareQueues too.`,
    )
    await expect(startWith({ [queue]: { 'x-dead-letter-exchange': deadQueue } })).rejects.toThrow(
      `Queue "${queue}" sends its dead letters to exchange "${deadQueue}", which isn't there: declare it before polling starts.`,
    )
    expect(await isThere(queue)).toBe(false)
  })

  it('leaves the queue and the exchange for dead letters alone that are there', async () => {
    await channel.assertQueue(deadQueue, { durable: true })

    await startWith({ [queue]: deadLettering() })
    await emulator?.stop()
    await channel.deleteQueue(queue)
    await startWith({ [queue]: { 'x-dead-letter-exchange': 'amq.direct' } })

    expect(await hasArguments({}, deadQueue)).toBe(true)
    expect(await hasArguments({ 'x-dead-letter-exchange': 'amq.direct' })).toBe(true)
  })
})
