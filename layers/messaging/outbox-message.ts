import type { OutboxEvent } from '@stockroom/database/outbox'
import { type ShopEvent, schemaVersion } from './events.ts'
import type { OutboundMessage } from './publisher.ts'
import { eventExchange, isBound } from './topology.ts'

/** An event as it leaves, told at this moment. */
export function outboxEvent(
  event: ShopEvent,
  correlationId: string | undefined,
  traceparent: string | undefined,
): OutboxEvent {
  const { name, body } = event
  return {
    messageId: messageIdOf(event),
    name,
    body,
    correlationId: correlationId ?? null,
    traceparent: traceparent ?? null,
    createdAt: new Date().toISOString(),
  }
}

/** The same whenever the event is told: `order.created:42`, `product.updated:7:12`. */
function messageIdOf({ name, body, version }: ShopEvent): string {
  const { orderId, id } = body as { orderId?: number; id?: number }
  return version === undefined ? `${name}:${orderId}` : `${name}:${id}:${version}`
}

/** An event as the message that tells of it. */
export function outboundMessage({
  messageId,
  name,
  body,
  correlationId,
  traceparent,
  createdAt,
}: OutboxEvent): OutboundMessage {
  return {
    exchange: eventExchange,
    routingKey: name,
    content: Buffer.from(JSON.stringify(body)),
    options: {
      messageId,
      type: name,
      timestamp: Math.floor(Date.parse(createdAt) / 1000),
      correlationId: correlationId ?? undefined,
      appId: 'stockroom',
      contentType: 'application/json',
      headers: traceparent
        ? { 'schema-version': schemaVersion, traceparent }
        : { 'schema-version': schemaVersion },
      persistent: true,
      mandatory: isBound(name),
    },
  }
}
