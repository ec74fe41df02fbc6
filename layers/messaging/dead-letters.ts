import type { Channel, GetMessage } from 'amqplib'
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
  /** As the broker has it: to acknowledge or publish it. It is held by the channel until then. */
  message: GetMessage
}

/** The queues that messages can be set aside from. */
export const sourceQueues = Object.keys(queues)

/**
 * Takes the dead letters of `queue` that are there now, oldest first. They stay with the channel: acknowledge those that
 * shall go, and close the channel to leave the others where they were.
 */
export async function takeDeadLetters(channel: Channel, queue: string): Promise<DeadLetter[]> {
  const deadQueue = deadLetterQueue(queue)
  const { messageCount } = await channel.checkQueue(deadQueue)
  const letters: DeadLetter[] = []
  while (letters.length < messageCount) {
    const message = await channel.get(deadQueue)
    if (!message) break
    letters.push(deadLetter(queue, message))
  }
  return letters
}

function deadLetter(queue: string, message: GetMessage): DeadLetter {
  const { messageId, type, headers = {} } = message.properties
  const attempts = headers['x-attempts'] ?? headers['x-delivery-count']
  return {
    queue,
    messageId: messageId ?? '(none)',
    type: type ?? '(none)',
    reason: headers['x-dead-letter-reason'] ?? brokersReason(headers['x-first-death-reason']),
    firstFailedAt: headers['x-first-failed-at'],
    attempts: attempts === undefined ? undefined : Number(attempts),
    body: message.content.toString('utf8'),
    message,
  }
}

const brokersReason = (reason: string | undefined): string =>
  reason === 'delivery_limit'
    ? 'delivered too often without success'
    : `set aside by RabbitMQ (${reason ?? 'no reason given'})`
