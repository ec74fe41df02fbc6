import { afterAll, beforeAll } from '@jest/globals'
import amqp, { type Channel, type ChannelModel, type ConfirmChannel, type GetMessage } from 'amqplib'
import { eventually } from '../../bench/processes/eventually.ts'
import type { OwnServices } from './own-services.ts'

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
}

/** The body of a message, parsed. */
export const bodyOf = ({ content }: Pick<GetMessage, 'content'>) => JSON.parse(content.toString())
