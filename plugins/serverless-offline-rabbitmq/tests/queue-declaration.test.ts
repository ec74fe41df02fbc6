import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { Emulator } from '../emulator.ts'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'

let broker: ChannelModel
let channel: Channel
let queue: string
let emulator: Emulator | undefined

beforeAll(async () => {
  broker = await amqp.connect(brokerUrl)
  broker.on('error', () => {})
  channel = await broker.createChannel()
})

afterAll(() => broker.close())

beforeEach(() => {
  queue = ownQueue()
})

afterEach(async () => {
  await emulator?.stop()
  await channel.deleteQueue(queue)
})

async function startWith(declareQueues: boolean | Record<string, Record<string, unknown>>) {
  emulator = new Emulator({
    mappings: [{ ...mapping, queue, brokerUrl, virtualHost }],
    declareQueues,
    invoke: async () => {},
    log: silentLog(),
    startUpWaitMs: 1000,
  })
  await emulator.start()
}

/** Whether the queue is there with these arguments: RabbitMQ refuses to declare it with any others. */
async function hasArguments(declaration: Record<string, unknown>): Promise<boolean> {
  const own = await broker.createChannel()
  own.on('error', () => {})
  try {
    await own.assertQueue(queue, { durable: true, arguments: declaration })
    await own.close()
    return true
  } catch {
    return false
  }
}

describe(documentedAs('Queues'), () => {
  it('are destinations of the broker that are there: a missing one ends the start', async () => {
    await expect(startWith(false)).rejects.toThrow(
      new RegExp(`^RabbitMQ at amqp://[^@]* has no queue "${queue}" in virtual host "[^"]+": declare it`),
    )
  })
})

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
})
