import { within } from '@stockroom/runtime/deadline'
import { log } from '@stockroom/runtime/logger'
import type { ConfirmChannel, Message, Options } from 'amqplib'
import { openChannel } from './broker-connection.ts'

/** A message on its way to an exchange. */
export interface OutboundMessage {
  exchange: string
  routingKey: string
  content: Buffer
  /** AMQP properties; `messageId` must be there and tells the messages of one process apart. */
  options: Options.Publish & { messageId: string }
}

const confirmTimeoutMs = 5000

let opening: Promise<Publisher> | undefined

/**
 * Publishes messages and tells of each, in their order, whether the broker has taken it over: confirmed it, and, where
 * `mandatory` is set, routed it to at least one queue. What it says `false` of may have arrived all the same.
 * @throws Unavailable when the broker can't be reached
 */
export async function publish(messages: readonly OutboundMessage[]): Promise<boolean[]> {
  if (messages.length === 0) return []
  const publisher = await currentPublisher()
  return publisher.publish(messages)
}

function currentPublisher(): Promise<Publisher> {
  opening ??= openPublisher()
  return opening
}

/** A closed channel is gone for good: the next message opens another one. */
function openPublisher(): Promise<Publisher> {
  const forget = () => {
    if (opening === publisher) opening = undefined
  }
  const publisher = openChannel().then((channel) => {
    channel.on('close', forget)
    channel.on('error', forget)
    return new Publisher(channel)
  })
  publisher.catch(forget)
  return publisher
}

/** One confirm channel, and what the broker has returned on it. */
class Publisher {
  readonly #channel: ConfirmChannel
  readonly #returned = new Set<string>()

  constructor(channel: ConfirmChannel) {
    this.#channel = channel
    // RabbitMQ returns an unroutable mandatory message before it confirms it:
    // https://www.rabbitmq.com/docs/confirms#when-publishes-are-confirmed
    channel.on('return', ({ fields, properties }: Message) => {
      this.#returned.add(properties.messageId)
      log.error({ event: fields.routingKey, messageId: properties.messageId }, 'no queue takes this event')
    })
  }

  async publish(messages: readonly OutboundMessage[]): Promise<boolean[]> {
    const confirmed = messages.map(() => false)
    const confirmations = messages.map(async (message, index) => {
      confirmed[index] = await this.#send(message)
    })
    await within(confirmTimeoutMs, Promise.all(confirmations)).catch(() => {})
    return [...confirmed]
  }

  #send({ exchange, routingKey, content, options }: OutboundMessage): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (error: unknown) => resolve(!error && !this.#returned.delete(options.messageId))
      try {
        this.#channel.publish(exchange, routingKey, content, options, settle)
      } catch {
        resolve(false) // the channel closed in the meantime
      }
    })
  }
}
