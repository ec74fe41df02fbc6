import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { brokerUrl, ownQueue } from './broker.ts'

/** The queues of the example, new for each test of a suite and removed after it. */
export class OwnQueues {
  #broker: ChannelModel | undefined
  #channel: Channel | undefined
  /** As the example wants them in its environment. */
  names = { COOK_QUEUE: '', DELIVER_QUEUE: '' }

  static forEachTest(): OwnQueues {
    const queues = new OwnQueues()
    beforeAll(async () => {
      queues.#broker = await amqp.connect(brokerUrl)
      queues.#channel = await queues.#broker.createChannel()
    })
    beforeEach(async () => {
      queues.names = { COOK_QUEUE: ownQueue(), DELIVER_QUEUE: ownQueue() }
      for (const queue of Object.values(queues.names)) await queues.channel.assertQueue(queue)
    })
    afterEach(() => queues.delete())
    afterAll(() => queues.#broker?.close())
    return queues
  }

  get channel(): Channel {
    return this.#channel as Channel
  }

  send(queue: string, ...bodies: string[]): void {
    for (const body of bodies) this.channel.sendToQueue(queue, Buffer.from(body))
  }

  /** Deletes them and resolves with the number of messages that were left in them. */
  async delete(): Promise<number> {
    let left = 0
    for (const queue of Object.values(this.names)) {
      left += (await this.channel.deleteQueue(queue)).messageCount
    }
    return left
  }
}
