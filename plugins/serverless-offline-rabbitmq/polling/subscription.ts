import type { Channel, ConsumeMessage } from 'amqplib'
import { AMAZON_MQ_MESSAGE_LIMIT, jsonSize, PAYLOAD_LIMIT } from '../event/payload-size.ts'
import { type RmqMessage, rmqEventOf, toRmqMessage } from '../event/rmq-event.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import { BatchWindow } from './batch-window.ts'
import { atMost } from './waiting.ts'

/** What a subscription uses of amqplib's channel. */
export type ConsumerChannel = Pick<
  Channel,
  'prefetch' | 'consume' | 'cancel' | 'ack' | 'reject' | 'close'
> & {
  on(event: string, listener: (error?: Error) => void): unknown
}

/** A delivery and what the function gets of it. */
export type Received = { delivery: ConsumeMessage; message: RmqMessage }
export type Batch = Received[]

type Setting = {
  channel: ConsumerChannel
  mapping: EventSourceMapping
  /** Called with the size of a message that no event has room for, and that was dropped. */
  onTooLarge(bytes: number): void
  /** Called with the size of a message that an Amazon MQ broker with its default limit would have refused. */
  onRefusable(bytes: number): void
}

const CLOSE_LIMIT_MS = 2000

/** One consumer on a channel of its own, from `begin` until the broker, the network or `end` ends it. */
export class Subscription {
  readonly #setting: Setting
  readonly #channel: ConsumerChannel
  readonly #window: BatchWindow<Received>
  /** Bytes that the messages of one event may have, each with the comma behind it. */
  readonly #room: number
  #consumerTag: string | undefined
  #usable = true
  #interruption: Error | undefined

  constructor(setting: Setting) {
    const { channel, mapping } = setting
    this.#setting = setting
    this.#channel = channel
    this.#room = PAYLOAD_LIMIT - jsonSize(rmqEventOf(mapping, [])) + 1
    this.#window = new BatchWindow({
      size: mapping.batchSize,
      windowMs: mapping.batchingWindowMs,
      weight: this.#room,
    })
    channel.on('error', (error) => {
      this.#interruption = error
    })
    channel.on('close', () => {
      this.#usable = false
      this.#window.close()
    })
  }

  /** Why the broker ended the subscription; undefined as long as it didn't, and when the connection was lost. */
  get interruption(): Error | undefined {
    return this.#interruption
  }

  /** Asks the broker for one batch ahead. Throws what the broker answers, code 404 for a missing queue. */
  async begin(): Promise<void> {
    const { queue, batchSize } = this.#setting.mapping
    await this.#channel.prefetch(batchSize)
    const { consumerTag } = await this.#channel.consume(queue, (delivery) => this.#receive(delivery))
    this.#consumerTag = consumerTag
  }

  /** Resolves with the next batch, or with undefined once the subscription is over. */
  nextBatch(): Promise<Batch | undefined> {
    return this.#window.next()
  }

  /** Returns false when the channel is gone: the broker then delivers the batch again. */
  acknowledge(batch: Batch): boolean {
    const last = batch.at(-1)
    return this.#tell(() => last && this.#channel.ack(last.delivery, true))
  }

  /**
   * Returns the batch to the queue, in a way that counts towards its delivery limit: RabbitMQ 4.3 no longer counts
   * basic.nack, so each message is rejected.
   */
  giveBack(batch: Batch): boolean {
    return this.#tell(() => {
      for (const { delivery } of batch) this.#channel.reject(delivery, true)
    })
  }

  /** Takes no more messages; what is running can still be acknowledged. */
  stopReceiving(): void {
    this.#window.close()
    const consumerTag = this.#consumerTag
    if (consumerTag !== undefined) ignoreFailure(() => this.#channel.cancel(consumerTag))
  }

  /** Closes the channel, which leaves everything unacknowledged to the broker. */
  async end(): Promise<void> {
    this.#window.close()
    if (this.#usable)
      await atMost(
        CLOSE_LIMIT_MS,
        ignoreFailure(() => this.#channel.close()),
      )
    this.#usable = false
  }

  // The broker sends no message at all when it cancels the consumer, because the queue was deleted for example.
  #receive(delivery: ConsumeMessage | null): void {
    if (delivery) {
      this.#take(delivery)
    } else {
      this.#interruption = new Error('the broker cancelled the consumer')
      this.#window.close()
    }
  }

  /** Lambda acknowledges a message that no filter matches, and one that no event has room for, without the function. */
  #take(delivery: ConsumeMessage): void {
    const { mapping, onTooLarge, onRefusable } = this.#setting
    const { length } = delivery.content
    if (length > AMAZON_MQ_MESSAGE_LIMIT) onRefusable(length)
    if (length > PAYLOAD_LIMIT) {
      // Neither parsed nor converted: a body may have 128 MB and more.
      this.#discard(delivery)
      onTooLarge(length)
      return
    }
    if (mapping.passes && !mapping.passes(delivery.content)) {
      this.#discard(delivery)
      return
    }
    const message = toRmqMessage(delivery)
    const weight = jsonSize(message) + 1
    if (weight > this.#room) {
      this.#discard(delivery)
      onTooLarge(weight - 1)
      return
    }
    this.#window.add({ delivery, message }, weight)
  }

  #discard(delivery: ConsumeMessage): void {
    this.#tell(() => this.#channel.ack(delivery))
  }

  /** Ends the subscription when the client refuses: what it can't settle, the broker delivers again. */
  #tell(send: () => void): boolean {
    if (!this.#usable) return false
    try {
      send()
      return true
    } catch (error) {
      this.#interruption ??= error as Error
      this.#window.close()
      return false
    }
  }
}

async function ignoreFailure(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch {
    // The channel is closing or closed, which is what was wanted.
  }
}
