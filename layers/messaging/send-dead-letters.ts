import { isRequestId } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { acceptedTraceparent, traceIdOf } from '@stockroom/runtime/trace-context'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { poisonMessages } from '@stockroom/telemetry/shop-metrics'
import { printable, someOf } from './foreign-text.ts'
import { copiedOptions } from './message-copy.ts'
import { type OutboundMessage, publish } from './publisher.ts'
import { headerValue, type RmqMessage } from './rmq-event.ts'
import { deadLetterExchange, deadLetterQueue } from './topology.ts'

/** A message with the queue that it came from. */
export interface Delivery {
  queue: string
  message: RmqMessage
}

/** A message that can never be handled, with the queue that it came from and the reason. */
export interface PoisonMessage extends Delivery {
  reason: string
}

/** Bytes. */
const longestReason = 1024

/**
 * Puts poison messages into the dead-letter queues of the queues that they came from, with the headers
 * `x-dead-letter-reason`, `x-first-failed-at` (ISO 8601) and `x-attempts`.
 * @throws Unavailable unless the broker confirms every one, so that the batch comes again and none is lost
 */
export async function deadLetter(poison: readonly PoisonMessage[]): Promise<void> {
  if (poison.length === 0) return
  for (const message of poison) {
    poisonMessages.of(message.queue).add()
    logPoison(message)
  }
  const confirmed = await publish(poison.map(deadMessage))
  if (confirmed.includes(false)) throw new Unavailable('broker', 'dead letters were not confirmed')
}

function logPoison({ queue, reason, message }: PoisonMessage): void {
  const { messageId, correlationId, headers } = message.basicProperties
  const traceparent = acceptedTraceparent(headerValue(headers?.traceparent))
  log.warn(
    {
      queue,
      reason,
      messageId: messageId === null ? undefined : printable(messageId),
      requestId: isRequestId(correlationId) ? correlationId : undefined,
      traceId: traceparent && traceIdOf(traceparent),
    },
    'message goes to the dead letters',
  )
}

/**
 * Puts messages to the end of the queues that they came from.
 * @throws Unavailable unless the broker confirms every one
 */
export async function returnToQueues(deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return
  const confirmed = await publish(
    deliveries.map(({ queue, message }) => {
      const { content, options } = copyOf(message)
      return { exchange: '', routingKey: queue, content, options }
    }),
  )
  if (confirmed.includes(false)) throw new Unavailable('broker', 'returned messages were not confirmed')
}

/** What is put into the dead-letter queue; its own headers stand first, where the tools always show them. */
function deadMessage({ queue, message, reason }: PoisonMessage): OutboundMessage {
  const { content, options, left } = copyOf(message)
  const { headers } = options
  const story = {
    'x-dead-letter-reason': explained(reason, left),
    'x-first-failed-at': isMoment(headers['x-first-failed-at'])
      ? headers['x-first-failed-at']
      : new Date().toISOString(),
    'x-attempts': isCount(headers['x-delivery-count']) ? headers['x-delivery-count'] + 1 : 1,
  }
  return {
    exchange: deadLetterExchange,
    routingKey: deadLetterQueue(queue),
    content,
    options: { ...options, headers: { ...story, ...headers, ...story } },
  }
}

/** The reason, with the names of what could not be carried over, in at most a kilobyte. */
function explained(reason: string, left: readonly string[]): string {
  const without = left.length > 0 ? `; without ${someOf(left)}` : ''
  const bytes = Buffer.alloc(longestReason)
  const { written } = new TextEncoder().encodeInto(reason + without, bytes)
  return bytes.toString('utf8', 0, written)
}

const isMoment = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{1,15}Z$/.test(value)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** A message as it was published, as far as Lambda hands that over and it can be published again. */
const copyOf = ({ basicProperties, data }: RmqMessage) => ({
  content: Buffer.from(data, 'base64'),
  ...copiedOptions(basicProperties),
})
