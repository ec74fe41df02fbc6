import { within } from '@stockroom/runtime/deadline'
import { log } from '@stockroom/runtime/logger'
import { Unavailable } from '@stockroom/runtime/unavailable'
import type { ConfirmChannel, Message, Options } from 'amqplib'
import { isBrokerBlocked, openChannel } from './broker-connection.ts'

/** A message on its way to an exchange. */
export interface OutboundMessage {
  exchange: string
  routingKey: string
  content: Buffer
  /** AMQP properties; `messageId` must be there and tells the messages of one process apart. */
  options: Options.Publish & { messageId: string }
}

/** How long a publisher waits for the broker's answer. */
export const confirmTimeoutMs = 5000

/** What messages that the broker hasn't answered may weigh together before the next ones are refused. */
const mostUnansweredBytes = 16 * 1024 * 1024
/** What a message weighs beside its content, roughly: its properties, its frames and who waits for it. */
const overheadBytes = 1024

let opening: Promise<Publisher> | undefined

/**
 * Publishes messages and tells of each, in their order, whether the broker has taken it over within 5 s: confirmed it,
 * and, where `mandatory` is set, routed it to at least one queue. What it says `false` of may have arrived all the same.
 * @throws Unavailable as {@link send} does
 */
export async function publish(messages: readonly OutboundMessage[]): Promise<boolean[]> {
  if (messages.length === 0) return []
  const taken = messages.map(() => false)
  const answers = await send(messages)
  const heard = answers.map(async (answer, index) => {
    taken[index] = await answer
  })
  await within(confirmTimeoutMs, Promise.all(heard)).catch(() => {})
  return [...taken]
}

/**
 * Hands messages to the broker and resolves to its answers, in their order: whether it has taken a message over. As long
 * as an answer is missing, the message is on its way; at the latest the end of the channel answers `false`.
 * @throws Unavailable, and hands nothing over, while the broker can't be reached, while it blocks, and while 16 MiB wait
 * for its answers
 */
export async function send(messages: readonly OutboundMessage[]): Promise<Promise<boolean>[]> {
  const publisher = await readyPublisher()
  return messages.map((message) => publisher.send(message))
}

/**
 * Resolves while the broker takes messages.
 * @throws Unavailable as {@link send} does
 */
export async function requireBroker(): Promise<void> {
  await readyPublisher()
}

async function readyPublisher(): Promise<Publisher> {
  if (isBrokerBlocked()) throw new Unavailable('broker', 'blocked')
  const publisher = await currentPublisher()
  if (publisher.unansweredBytes >= mostUnansweredBytes)
    throw new Unavailable('broker', 'too many messages wait for its answer')
  return publisher
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

/** One confirm channel, what waits for an answer on it, and what the broker has returned on it. */
class Publisher {
  unansweredBytes = 0
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

  send({ exchange, routingKey, content, options }: OutboundMessage): Promise<boolean> {
    const bytes = content.length + overheadBytes
    return new Promise((resolve) => {
      const settle = (error: unknown) => {
        this.unansweredBytes -= bytes
        resolve(!error && !this.#returned.delete(options.messageId))
      }
      try {
        this.unansweredBytes += bytes
        this.#channel.publish(exchange, routingKey, content, options, settle)
      } catch (error) {
        settle(error) // the channel closed in the meantime
      }
    })
  }
}
