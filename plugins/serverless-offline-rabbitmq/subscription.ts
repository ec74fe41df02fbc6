import type { Channel, ConsumeMessage } from 'amqplib'
import { BatchWindow } from './batch-window.ts'
import type { EventSourceMapping } from './event-source-mapping.ts'
import { atMost } from './waiting.ts'

/** What a subscription uses of amqplib's channel. */
export type ConsumerChannel = Pick<
  Channel,
  'prefetch' | 'consume' | 'cancel' | 'ack' | 'reject' | 'close'
> & {
  on(event: string, listener: (error?: Error) => void): unknown
}

export type Batch = ConsumeMessage[]

const CLOSE_LIMIT_MS = 2000

/** One consumer on a channel of its own, from `begin` until the broker, the network or `end` ends it. */
export class Subscription {
  readonly #channel: ConsumerChannel
  readonly #mapping: EventSourceMapping
  readonly #window: BatchWindow<ConsumeMessage>
  #consumerTag: string | undefined
  #usable = true
  #interruption: Error | undefined

  constructor(channel: ConsumerChannel, mapping: EventSourceMapping) {
    this.#channel = channel
    this.#mapping = mapping
    this.#window = new BatchWindow(mapping.batchSize, mapping.maximumBatchingWindowSeconds * 1000)
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
    const { queue, batchSize } = this.#mapping
    await this.#channel.prefetch(batchSize)
    const { consumerTag } = await this.#channel.consume(queue, (message) => this.#receive(message))
    this.#consumerTag = consumerTag
  }

  /** Resolves with the next batch, or with undefined once the subscription is over. */
  nextBatch(): Promise<Batch | undefined> {
    return this.#window.next()
  }

  /** Returns false when the channel is gone: the broker then delivers the batch again. */
  acknowledge(batch: Batch): boolean {
    const last = batch.at(-1)
    return this.#tell(() => last && this.#channel.ack(last, true))
  }

  /**
   * Returns the batch to the queue, in a way that counts towards its delivery limit: RabbitMQ 4.3 no longer counts
   * basic.nack, so each message is rejected.
   */
  giveBack(batch: Batch): boolean {
    return this.#tell(() => {
      for (const message of batch) this.#channel.reject(message, true)
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
  #receive(message: ConsumeMessage | null): void {
    if (message) {
      this.#window.add(message)
    } else {
      this.#interruption = new Error('the broker cancelled the consumer')
      this.#window.close()
    }
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
