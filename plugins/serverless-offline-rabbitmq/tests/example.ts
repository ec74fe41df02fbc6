import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { brokerUrl, ownQueue } from './broker.ts'
import { eventually } from './eventually.ts'
import { PackedProject } from './packed-project.ts'
import type { ServerlessProcess } from './serverless-process.ts'

/** The example as its users have it, with queues that are new for each test of a suite and removed after it. */
export class Example {
  project!: PackedProject
  channel!: Channel
  #broker!: ChannelModel
  /** As the example wants the queues in its environment. */
  names = { COOK_QUEUE: '', DELIVER_QUEUE: '' }

  static forEachTest(): Example {
    const example = new Example()
    beforeAll(async () => {
      example.project = await PackedProject.install()
      example.#broker = await amqp.connect(brokerUrl)
      example.channel = await example.#broker.createChannel()
    })
    beforeEach(async () => {
      example.names = { COOK_QUEUE: ownQueue(), DELIVER_QUEUE: ownQueue() }
      for (const queue of Object.values(example.names)) await example.channel.assertQueue(queue)
    })
    afterEach(() => example.#deleteQueues())
    afterAll(async () => {
      await example.#broker.close()
      await example.project.remove()
    })
    return example
  }

  send(queue: string, ...bodies: string[]): void {
    for (const body of bodies) this.channel.sendToQueue(queue, Buffer.from(body))
  }

  start(command: string[], environment: Record<string, string> = {}): ServerlessProcess {
    return this.project.serverless(command, { RABBITMQ_URL: brokerUrl, ...this.names, ...environment })
  }

  /** Ends a process once `isDone`; resolves to its exit code, and to how many messages are left in the queues. */
  async end(
    serverless: ServerlessProcess,
    isDone: () => boolean,
    signal: NodeJS.Signals = 'SIGTERM',
  ): Promise<{ code: number | string; left: number }> {
    await eventually(isDone, 60_000)
    serverless.signal(signal)
    return { code: await serverless.exit(), left: await this.#deleteQueues() }
  }

  async #deleteQueues(): Promise<number> {
    let left = 0
    for (const queue of Object.values(this.names))
      left += (await this.channel.deleteQueue(queue)).messageCount
    return left
  }
}
