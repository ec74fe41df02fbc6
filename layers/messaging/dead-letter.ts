import { randomUUID } from 'node:crypto'
import { isRequestId } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { acceptedTraceparent, traceIdOf } from '@stockroom/runtime/trace-context'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { poisonMessages } from '@stockroom/telemetry/shop-metrics'
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

/**
 * Puts poison messages into the dead-letter queues of the queues that they came from, with the headers
 * `x-dead-letter-reason`, `x-first-failed-at` (ISO 8601) and `x-attempts`.
 * @throws Unavailable unless the broker confirms every one, so that the batch comes again and none is lost
 */
export async function deadLetter(poison: readonly PoisonMessage[]): Promise<void> {
  if (poison.length === 0) return
  for (const { queue, reason, message } of poison) {
    poisonMessages.of(queue).add()
    const { messageId, correlationId, headers } = message.basicProperties
    const traceparent = acceptedTraceparent(headerValue(headers?.traceparent))
    log.warn(
      {
        queue,
        reason,
        messageId,
        requestId: isRequestId(correlationId) ? correlationId : undefined,
        traceId: traceparent && traceIdOf(traceparent),
      },
      'message goes to the dead letters',
    )
  }
  const confirmed = await publish(poison.map(deadMessage))
  if (confirmed.includes(false)) throw new Unavailable('broker', 'dead letters were not confirmed')
}

/**
 * Puts messages to the end of the queues that they came from.
 * @throws Unavailable unless the broker confirms every one
 */
export async function returnToQueues(deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return
  const confirmed = await publish(
    deliveries.map(({ queue, message }) => ({ exchange: '', routingKey: queue, ...copyOf(message) })),
  )
  if (confirmed.includes(false)) throw new Unavailable('broker', 'returned messages were not confirmed')
}

function deadMessage({ queue, message, reason }: PoisonMessage): OutboundMessage {
  const { content, options } = copyOf(message)
  const { headers } = options
  return {
    exchange: deadLetterExchange,
    routingKey: deadLetterQueue(queue),
    content,
    options: {
      ...options,
      headers: {
        ...headers,
        'x-dead-letter-reason': reason,
        'x-first-failed-at': headers['x-first-failed-at'] ?? new Date().toISOString(),
        'x-attempts': Number(headers['x-delivery-count'] ?? 0) + 1,
      },
    },
  }
}

/** A message as it was published, as far as Lambda hands that over. */
function copyOf({ basicProperties: properties, data }: RmqMessage) {
  const headers: Record<string, unknown> = Object.fromEntries(
    Object.entries(properties.headers ?? {}).map(([name, value]) => [name, headerValue(value)]),
  )
  return {
    content: Buffer.from(data, 'base64'),
    options: {
      messageId: properties.messageId ?? randomUUID(),
      type: properties.type ?? undefined,
      correlationId: properties.correlationId ?? undefined,
      appId: properties.appId ?? undefined,
      contentType: properties.contentType ?? undefined,
      contentEncoding: properties.contentEncoding ?? undefined,
      headers,
      persistent: true,
      mandatory: true,
    },
  }
}
