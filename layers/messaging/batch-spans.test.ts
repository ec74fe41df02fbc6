import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { shutDown } from '@stockroom/runtime/shutdown'
import type { Tracing } from '@stockroom/telemetry/span'
import { OtlpCollector } from '../../tests/support/otlp-collector.ts'
import { traceparentOf } from '../../tests/support/rmq-event.ts'
import { BatchSpans } from './batch-spans.ts'
import type { ShopEvent } from './events.ts'
import type { Received } from './parse-message.ts'

process.env.LOG_LEVEL = 'silent'
const queue = 'stock-reduction'
const linkOf = (traceparent: string) => {
  const [, traceId, spanId] = traceparent.split('-')
  return { traceId, spanId }
}
const message = (orderId: number): Received<ShopEvent> => ({
  name: 'order.created',
  body: { orderId },
  messageId: `m${orderId}`,
  correlationId: `r${orderId}`,
  traceparent: traceparentOf(orderId),
})
let collector: OtlpCollector
let tracing: Tracing

beforeAll(async () => {
  collector = await OtlpCollector.start()
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
  tracing = (await import('@stockroom/telemetry/tracing')).tracing as Tracing
})

afterAll(async () => {
  await shutDown()
  await collector.stop()
})

beforeEach(() => {
  collector.spans.length = 0
})

describe('the spans of a batch', () => {
  it('are one for each message, in its trace and above what follows from it, and one that is linked to all', async () => {
    const messages = [1, 2].map(message)
    const given = messages.map(({ traceparent = '' }) => linkOf(traceparent))

    new BatchSpans({ queue, messages }, tracing).end()
    await tracing.flush()

    const [whole, ...spans] = collector.spans
    expect(whole).toMatchObject({
      name: 'process stock-reduction',
      kind: 'consumer',
      parentSpanId: undefined,
      links: given,
      attributes: { 'messaging.batch.message_count': 2 },
    })
    expect(spans).toMatchObject(
      given.map(({ traceId, spanId }, index) => ({
        traceId,
        parentSpanId: spanId,
        kind: 'consumer',
        links: [{ traceId: whole?.traceId, spanId: whole?.spanId }],
        attributes: { 'messaging.message.id': `m${index + 1}`, 'stockroom.order.id': index + 1 },
      })),
    )
    expect(messages.map(({ traceparent = '' }) => linkOf(traceparent))).toEqual(
      spans.map(({ traceId, spanId }) => ({ traceId, spanId })),
    )
  })

  it('have all failed when the batch comes again', async () => {
    new BatchSpans({ queue, messages: [message(1)] }, tracing).end(new Error('away'))
    await tracing.flush()

    expect(collector.spans.map(({ hasFailed }) => hasFailed)).toEqual([true, true])
  })
})
