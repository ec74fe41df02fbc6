import { EventEmitter } from 'node:events'
import { beforeEach } from '@jest/globals'
import { type BrokerClient, useBrokerClient } from '@stockroom/messaging/broker-connection'
import type { Options, RecoveringChannelModel } from 'amqplib'

/** A message as the publisher handed it over. */
export interface Published {
  exchange: string
  routingKey: string
  body: Record<string, unknown>
  options: Options.Publish
}

type Confirm = (error: Error | null) => void

/**
 * A broker in the place of RabbitMQ that keeps what it gets, for suites about the database. It confirms everything
 * until told otherwise.
 */
export class RecordingBroker implements BrokerClient {
  readonly published: Published[] = []
  #model = new EventEmitter()
  /** How many messages each queue says to have ready. */
  ready = 0
  /** Says of a message whether the broker confirms it. */
  confirms: (message: Published) => boolean = () => true

  /** Puts a new one in the place of the broker, for every module loaded with this one; each test of the suite finds it reset. */
  static inPlace(): RecordingBroker {
    const broker = new RecordingBroker()
    useBrokerClient(broker)
    beforeEach(() => broker.reset())
    return broker
  }

  async connect(): Promise<RecoveringChannelModel> {
    const model = Object.assign(new EventEmitter(), {
      createConfirmChannel: async () => this.#channel(),
      close: async () => {},
    })
    setImmediate(() => model.emit('connect', model))
    this.#model = model
    return model as unknown as RecoveringChannelModel
  }

  /** The messages of an event, oldest first. */
  of(eventName: string): Published[] {
    return this.published.filter(({ routingKey }) => routingKey === eventName)
  }

  /** Takes nothing any more, as RabbitMQ while an alarm lasts; whoever publishes has connected before. */
  block(): void {
    this.#model.emit('blocked', 'low on memory')
  }

  /** Forgets what it has got, takes and confirms everything again. */
  reset(): void {
    this.#model.emit('unblocked')
    this.published.length = 0
    this.confirms = () => true
    this.ready = 0
  }

  #channel() {
    const publish = (
      exchange: string,
      routingKey: string,
      content: Buffer,
      options: Options.Publish,
      confirm: Confirm,
    ) => {
      const message = { exchange, routingKey, body: JSON.parse(content.toString()), options }
      this.published.push(message)
      setImmediate(() => confirm(this.confirms(message) ? null : new Error('nacked')))
      return true
    }
    const checkQueue = async () => ({ messageCount: this.ready })
    return Object.assign(new EventEmitter(), { publish, checkQueue, close: async () => {} })
  }
}
