import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { deadLetterQueue, declareTopology, queues } from '@stockroom/messaging/topology'
import amqp, { type Channel, type ChannelModel, type ConfirmChannel, type GetMessage } from 'amqplib'
import { eventually } from '../../bench/processes/eventually.ts'
import type { OwnServices } from './own-services.ts'

/** The queues of the shop, each with that of its dead letters. */
export const everyQueue = Object.keys(queues).flatMap((queue) => [queue, deadLetterQueue(queue)])

/** A client of the suite's own virtual host, to look at the broker from outside. */
export class BrokerClient {
  #connection: ChannelModel | undefined
  #channel: ConfirmChannel | undefined

  /** Connects it before the suite's tests and closes it after them. */
  static of(own: OwnServices): BrokerClient {
    const client = new BrokerClient()
    beforeAll(() => client.connect(own.rabbitmqUrl))
    afterAll(() => client.close())
    return client
  }

  /** The same, with all queues of the shop: before each test they are there, and empty. */
  static withQueues(own: OwnServices): BrokerClient {
    const client = BrokerClient.of(own)
    beforeEach(async () => {
      await declareTopology(client.channel)
      for (const queue of everyQueue) await client.channel.purgeQueue(queue)
    })
    return client
  }

  async connect(url: string): Promise<void> {
    this.#connection = await amqp.connect(url)
    this.#connection.on('error', () => {})
    this.#channel = await this.#connection.createConfirmChannel()
  }

  async close(): Promise<void> {
    await this.#connection?.close().catch(() => {})
  }

  get channel(): ConfirmChannel {
    return this.#channel as ConfirmChannel
  }

  /** A channel that may be closed by an error of the broker; resolves to that error's message, or undefined. */
  async refusalOf(work: (channel: Channel) => Promise<unknown>): Promise<string | undefined> {
    const channel = await (this.#connection as ChannelModel).createChannel()
    channel.on('error', () => {})
    try {
      await work(channel)
      await channel.close()
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  /** Takes the next message of a queue as soon as there is one. */
  next(queue: string): Promise<GetMessage> {
    return eventually(async () => (await this.channel.get(queue, { noAck: true })) || undefined)
  }

  /** Takes every message that is in a queue now. */
  async drain(queue: string): Promise<GetMessage[]> {
    const messages: GetMessage[] = []
    for (;;) {
      const message = await this.channel.get(queue, { noAck: true })
      if (!message) return messages
      messages.push(message)
    }
  }

  /** How many messages wait in a queue. */
  async count(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount
  }

  /** Resolves when so many wait in a queue: what a channel that was just closed held takes a moment to come back. */
  async holds(queue: string, count: number): Promise<void> {
    await eventually(async () => (await this.count(queue)) === count)
  }

  /** Takes the messages of a queue as soon as there are so many, and resolves to their ids. */
  async idsIn(queue: string, count: number): Promise<string[]> {
    await this.holds(queue, count)
    return (await this.drain(queue)).map(({ properties }) => properties.messageId)
  }
}

/** The body of a message, parsed. */
export const bodyOf = ({ content }: Pick<GetMessage, 'content'>) => JSON.parse(content.toString())
