import type { Counter } from '@stockroom/telemetry/metrics'
import { publishedEvents } from '@stockroom/telemetry/shop-metrics'
import type { Span, Tracing } from '@stockroom/telemetry/span'
import { tracing } from '@stockroom/telemetry/tracing'
import { type OutboundMessage, send } from './publisher.ts'

/** Sends events as {@link send} does, and tells of them in metrics and traces when the broker has answered. */
export async function sendObserved(messages: readonly OutboundMessage[]): Promise<Promise<boolean>[]> {
  const spans = tracing && messages.map(sendSpan(tracing))
  try {
    const answers = await send(
      spans ? messages.map((message, index) => under(message, spans[index] as Span)) : messages,
    )
    return answers.map(async (answer, index) => {
      const isConfirmed = await answer
      const counted = countersOf((messages[index] as OutboundMessage).routingKey)
      if (isConfirmed) counted.confirmed.add()
      else counted.unconfirmed.add()
      spans?.[index]?.end(isConfirmed ? {} : { error: 'unconfirmed' })
      return isConfirmed
    })
  } catch (error) {
    for (const { routingKey } of messages) countersOf(routingKey).unconfirmed.add()
    for (const span of spans ?? []) span.end({ error })
    throw error
  }
}

const byEvent = new Map<string, { confirmed: Counter; unconfirmed: Counter }>()

/** Kept for each event, as finding them by their labels takes longer than counting. */
function countersOf(event: string) {
  const present = byEvent.get(event)
  if (present) return present
  const counters = {
    confirmed: publishedEvents.of(event, 'confirmed'),
    unconfirmed: publishedEvents.of(event, 'unconfirmed'),
  }
  byEvent.set(event, counters)
  return counters
}

/** https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/ */
const sendSpan =
  (tracing: Tracing) =>
  ({ exchange, routingKey, content, options }: OutboundMessage): Span =>
    tracing.startSpan(`send ${exchange}:${routingKey}`, {
      kind: 'producer',
      parent: options.headers?.traceparent,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': `${exchange}:${routingKey}`,
        'messaging.rabbitmq.destination.routing_key': routingKey,
        'messaging.message.id': options.messageId,
        'messaging.message.conversation_id': options.correlationId,
        'messaging.message.body.size': content.length,
      },
    })

/** The message carries the span of its sending, so that consumers stand below that in the trace. */
function under(message: OutboundMessage, span: Span): OutboundMessage {
  const headers = { ...message.options.headers, traceparent: span.traceparent }
  return { ...message, options: { ...message.options, headers } }
}
