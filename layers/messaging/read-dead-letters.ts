import { within } from '@stockroom/runtime/deadline'
import type { Channel, ConsumeMessage } from 'amqplib'
import { shown } from './foreign-text.ts'
import { deadLetterQueue, queues } from './topology.ts'

/** A message in a dead-letter queue, as a person wants to see it. */
export interface DeadLetter {
  /** The queue that it was meant for. */
  queue: string
  messageId: string
  type: string
  /** Why it is here: what the consumer found wrong, or that it was delivered too often. */
  reason: string
  /** ISO 8601, or undefined when RabbitMQ itself put it aside. */
  firstFailedAt: string | undefined
  attempts: number | undefined
  body: string
  /** As the broker has it. The channel holds it until it is removed or the channel closes. */
  message: ConsumeMessage
}

/** The queues that messages can be set aside from. */
export const sourceQueues = Object.keys(queues)

/** Characters of one that anybody may have written. */
const longestReason = 1024
/** One consumer's prefetch is a number of 16 bits. */
const mostOfOneConsumer = 65_535
/** How long nothing comes before the rest is taken for somebody else's. */
const silence = { ms: 100, looks: 20 }

/**
 * Takes the dead letters of `queue` that are there now, oldest first, `most` of them where there are more. They stay with the channel: remove those that shall
 * go, and close the channel to leave the others where they were.
 */
export async function takeDeadLetters(
  channel: Channel,
  queue: string,
  most = Number.POSITIVE_INFINITY,
): Promise<DeadLetter[]> {
  const deadQueue = deadLetterQueue(queue)
  const { messageCount } = await channel.checkQueue(deadQueue)
  const count = Math.min(messageCount, most)
  const letters: DeadLetter[] = []
  while (letters.length < count) {
    const wanted = Math.min(count - letters.length, mostOfOneConsumer)
    const messages = await consume(channel, deadQueue, wanted)
    for (const message of messages) letters.push(deadLetter(queue, message))
    if (messages.length < wanted) break
  }
  return letters
}

/**
 * Removes letters from their queues for good; they have to be held by `channel`.
 *
 * The end of the promise is the end of the danger: a channel of RabbitMQ passes on 32 settlements of a quorum queue, puts
 * the others off until those are applied, and forgets them when it closes. A cancelled consumer is an entry of the
 * queue's log behind all that was passed on; when the queue has answered the next question too, it has told the channel
 * of that, which has then passed on what it had put off, before it reads that it shall close.
 */
export async function removeDeadLetters(channel: Channel, letters: DeadLetter[]): Promise<void> {
  for (const { message } of letters) channel.ack(message)
  const consumerTags = new Set(letters.map(({ message }) => message.fields.consumerTag))
  const queues = new Set(letters.map(({ queue }) => deadLetterQueue(queue)))
  for (const consumerTag of consumerTags) await channel.cancel(consumerTag)
  for (const queue of queues) await channel.checkQueue(queue)
}

/**
 * The next `count` messages, or fewer when somebody else has taken the rest. The consumer stays: what the queue hands to
 * it in the place of those that are removed is left to the channel, too.
 */
async function consume(channel: Channel, queue: string, count: number): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = []
  const { promise: complete, resolve } = Promise.withResolvers<void>()
  await channel.prefetch(count)
  await channel.consume(queue, (message) => {
    if (message && messages.length < count) messages.push(message)
    if (messages.length === count) resolve()
  })
  for (let looks = 0; messages.length < count && looks < silence.looks; looks += 1) {
    const before = messages.length
    await within(silence.ms, complete).catch(() => {})
    if (messages.length > before) looks = 0
    // Fails when the channel has closed. What the queue has handed out may still be on its way, though it counts none.
    else await channel.checkQueue(queue)
  }
  return messages
}

function deadLetter(queue: string, message: ConsumeMessage): DeadLetter {
  const { messageId, type, headers = {} } = message.properties
  const firstFailedAt = headers['x-first-failed-at']
  return {
    queue,
    messageId: messageId ?? '(none)',
    type: type ?? '(none)',
    reason: reasonOf(headers),
    firstFailedAt: firstFailedAt === undefined ? undefined : shown(firstFailedAt),
    attempts: [headers['x-attempts'], headers['x-delivery-count']].find(Number.isSafeInteger),
    body: message.content.toString('utf8'),
    message,
  }
}

/** Anybody may have written these headers, with values of any type. */
function reasonOf(headers: Record<string, unknown>): string {
  const reason = headers['x-dead-letter-reason']
  if (reason !== undefined) return typeof reason === 'string' ? reason.slice(0, longestReason) : shown(reason)
  const brokers = headers['x-first-death-reason']
  return brokers === 'delivery_limit'
    ? 'delivered too often without success'
    : `set aside by RabbitMQ (${shown(brokers ?? 'no reason given')})`
}
