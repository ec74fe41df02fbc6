import type { Span, Tracing } from '@stockroom/telemetry/span'
import type { Batch } from './batch.ts'
import type { ShopEvent } from './events.ts'
import type { Received } from './parse-message.ts'
import { eventExchange } from './topology.ts'

/**
 * The spans of a batch, after https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/: one for the batch,
 * linked to all its messages, and one for each message, within the trace of the message and linked to the batch.
 */
export class BatchSpans {
  readonly #spans: Span[]
  /** The span of the batch. */
  readonly traceparent: string

  /** Begins the spans; from now on what follows from a message belongs under its span. */
  constructor({ queue, messages }: Batch<ShopEvent>, tracing: Tracing) {
    const whole = tracing.startSpan(`process ${queue}`, {
      kind: 'consumer',
      links: messages.flatMap(({ traceparent }) => traceparent ?? []),
      attributes: { ...attributesOf(queue), 'messaging.batch.message_count': messages.length },
    })
    this.traceparent = whole.traceparent
    this.#spans = [whole]
    for (const message of messages) {
      const span = tracing.startSpan(`process ${queue}`, {
        kind: 'consumer',
        parent: message.traceparent,
        links: [whole.traceparent],
        attributes: { ...attributesOf(queue), ...attributesOfMessage(queue, message) },
      })
      message.traceparent = span.traceparent
      this.#spans.push(span)
    }
  }

  /** Ends them all; with an `error` as a batch that comes again. */
  end(error?: unknown): void {
    for (const span of this.#spans) span.end({ error })
  }
}

const attributesOf = (queue: string) => ({
  'messaging.system': 'rabbitmq',
  'messaging.operation.name': 'process',
  'messaging.operation.type': 'process',
  'messaging.destination.name': queue,
})

const attributesOfMessage = (
  queue: string,
  { name, body, messageId, correlationId }: Received<ShopEvent>,
) => ({
  'messaging.destination.name': `${eventExchange}:${name}:${queue}`,
  'messaging.rabbitmq.destination.routing_key': name,
  'messaging.message.id': messageId,
  'messaging.message.conversation_id': correlationId,
  'stockroom.order.id': (body as { orderId?: number }).orderId,
})
