import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import amqp, { type Channel, type ChannelModel, type Options } from 'amqplib'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import { Emulator } from '../polling/emulator.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'

interface Handed {
  functionKey: string
  batch: string[]
  redelivered: boolean[]
}

type Setting = Omit<ConstructorParameters<typeof Emulator>[0], 'mappings' | 'invoke' | 'log'>

/** A queue of each test's own, another for its dead letters, and the emulator that polls it; all are gone after the test. */
export class PolledQueue {
  broker!: ChannelModel
  channel!: Channel
  name = ''
  deadName = ''
  #emulator: Emulator | undefined

  static forEachTest(): PolledQueue {
    const queue = new PolledQueue()
    beforeAll(async () => {
      queue.broker = await amqp.connect(brokerUrl)
      queue.broker.on('error', () => {})
      queue.channel = await queue.broker.createChannel()
    })
    beforeEach(() => {
      queue.name = ownQueue()
      queue.deadName = `${queue.name}-dead`
    })
    afterEach(async () => {
      await queue.stop()
      for (const name of [queue.name, queue.deadName]) await queue.channel.deleteQueue(name)
    })
    afterAll(() => queue.broker.close())
    return queue
  }

  /** Declares both as quorum queues; the third failure of a message makes it a dead letter. */
  async declare(): Promise<void> {
    const type = { 'x-queue-type': 'quorum' }
    const deadLetters = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': this.deadName }
    await this.channel.assertQueue(this.deadName, { arguments: type })
    await this.channel.assertQueue(this.name, {
      arguments: { ...type, ...deadLetters, 'x-delivery-limit': 2 },
    })
  }

  /** Sends "0", "1" and so on. */
  send(count: number, options: Options.Publish = { persistent: true }): string[] {
    const bodies = Array.from({ length: count }, (_, index) => String(index))
    for (const body of bodies) this.channel.sendToQueue(this.name, Buffer.from(body), options)
    return bodies
  }

  /** How many messages wait in it. */
  async ready(name = this.name): Promise<number> {
    return (await this.channel.checkQueue(name)).messageCount
  }

  /** Polls it for one function, or by the mappings that differ as given; resolves to what the functions are handed. */
  async poll(
    invoke: (handed: Handed) => unknown = () => {},
    { mappings = [{}], ...setting }: Setting & { mappings?: Partial<EventSourceMapping>[] } = {},
  ) {
    const handed: Handed[] = []
    const log = silentLog()
    const own = { ...mapping, queue: this.name, virtualHost, brokerUrl }
    this.#emulator = new Emulator({
      mappings: mappings.map((members) => ({ ...own, ...members })),
      log,
      retryPauses: { firstMs: 50, longestMs: 50 },
      startUpWaitMs: 1000,
      ...setting,
      invoke: async ({ functionKey }, { rmqMessagesByQueue }) => {
        const messages = Object.values(rmqMessagesByQueue).flat()
        const batch = messages.map(({ data }) => Buffer.from(data, 'base64').toString())
        const its = { functionKey, batch, redelivered: messages.map(({ redelivered }) => redelivered) }
        handed.push(its)
        await invoke(its)
      },
    })
    await this.#emulator.start()
    return { log, handed, batches: () => handed.map(({ batch }) => batch) }
  }

  async stop(): Promise<void> {
    await this.#emulator?.stop()
  }
}
