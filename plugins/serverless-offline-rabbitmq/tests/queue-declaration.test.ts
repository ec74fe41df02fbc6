import { describe, expect, it } from '@jest/globals'
import type { Channel } from 'amqplib'
import type { QueueDeclarations } from '../broker/queue-declaration.ts'
import { PolledQueue } from './polled-queue.ts'

const queue = PolledQueue.forEachTest()
const deadLettering = (more: object = {}) => ({
  'x-queue-type': 'quorum',
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue.deadName,
  ...more,
})

const startWith = (declareQueues: boolean | QueueDeclarations) => queue.poll(() => {}, { declareQueues })

/** Whether the queue is there with these arguments: RabbitMQ refuses to declare it with any others. */
const hasArguments = (declaration: Record<string, unknown>, name = queue.name) =>
  isAccepted((own) => own.assertQueue(name, { durable: true, arguments: declaration }))

const isThere = (name: string) => isAccepted((own) => own.checkQueue(name))

async function isAccepted(ask: (own: Channel) => Promise<unknown>): Promise<boolean> {
  const own = await queue.broker.createChannel()
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

    await startWith({ [queue.name]: limited })

    expect(await hasArguments(limited)).toBe(true)
  })

  it('leaves a queue alone that is there with other arguments', async () => {
    await queue.channel.assertQueue(queue.name, { durable: true })

    await startWith(true)

    expect(await hasArguments({})).toBe(true)
  })

  it('declares the queue for dead letters of a queue that a function consumes', async () => {
    const dead = { 'x-queue-type': 'quorum', 'x-max-length': 100 }
    const source = deadLettering({ 'x-delivery-limit': 1 })

    await startWith({ [queue.name]: source, [queue.deadName]: dead })

    expect(await hasArguments(source)).toBe(true)
    expect(await hasArguments(dead, queue.deadName)).toBe(true)
  })

  it('declares queues that send their dead letters to each other, as for a retry that waits', async () => {
    const waiting = {
      'x-message-ttl': 60_000,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queue.name,
    }

    await startWith({ [queue.name]: deadLettering(), [queue.deadName]: waiting })

    expect(await hasArguments(deadLettering())).toBe(true)
    expect(await hasArguments(waiting, queue.deadName)).toBe(true)
  })

  it('refuses to declare a queue whose dead letters would get lost, because nothing takes them', async () => {
    await expect(startWith({ [queue.name]: deadLettering() })).rejects.toThrow(
      `Queue "${queue.name}" sends its dead letters to queue "${queue.deadName}", which isn't there: name it in declareQueues too.`,
    )
    await expect(startWith({ [queue.name]: { 'x-dead-letter-exchange': queue.deadName } })).rejects.toThrow(
      `Queue "${queue.name}" sends its dead letters to exchange "${queue.deadName}", which isn't there: declare it before polling starts.`,
    )
    expect(await isThere(queue.name)).toBe(false)
  })

  it('leaves the queue and the exchange for dead letters alone that are there', async () => {
    await queue.channel.assertQueue(queue.deadName, { durable: true })

    await startWith({ [queue.name]: deadLettering() })
    await queue.stop()
    await queue.channel.deleteQueue(queue.name)
    await startWith({ [queue.name]: { 'x-dead-letter-exchange': 'amq.direct' } })

    expect(await hasArguments({}, queue.deadName)).toBe(true)
    expect(await hasArguments({ 'x-dead-letter-exchange': 'amq.direct' })).toBe(true)
  })
})
