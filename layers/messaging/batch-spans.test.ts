import { expect, it } from '@jest/globals'
import type { SpanStart, Tracing } from '@stockroom/telemetry/span'
import { traceparentOf } from '../../tests/support/rmq-event.ts'
import { BatchSpans } from './batch-spans.ts'
import type { ShopEvent } from './events.ts'
import type { Received } from './parse-message.ts'

const queue = 'stock-reduction'
const message = (orderId: number): Received<ShopEvent> => ({
  name: 'order.created',
  body: { orderId },
  messageId: `m${orderId}`,
  correlationId: `r${orderId}`,
  traceparent: traceparentOf(orderId),
})
const spans: ({ name: string } & SpanStart)[] = []
const tracing: Tracing = {
  startSpan: (name, start) => ({ traceparent: traceparentOf(10 * spans.push({ name, ...start })), end() {} }),
  flush: async () => {},
}

it('a batch has a span that is linked to its messages, and one for each, above what follows from that', () => {
  const messages = [1, 2].map(message)

  const { traceparent } = new BatchSpans({ queue, messages }, tracing)

  const name = 'process stock-reduction'
  const links = [1, 2].map(traceparentOf)
  expect(spans).toMatchObject([
    { name, kind: 'consumer', links, attributes: { 'messaging.batch.message_count': 2 } },
    ...[1, 2].map((orderId) => ({
      name,
      kind: 'consumer',
      parent: traceparentOf(orderId),
      links: [traceparent],
      attributes: { 'messaging.message.id': `m${orderId}`, 'stockroom.order.id': orderId },
    })),
  ])
  expect([traceparent, ...messages.map((message) => message.traceparent)]).toEqual(
    [10, 20, 30].map(traceparentOf),
  )
})
