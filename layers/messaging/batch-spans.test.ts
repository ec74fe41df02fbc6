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
const traceIdOf = (number: number) => String(number).padStart(32, '0')
const message = (orderId: number, traceparent?: string): Received<ShopEvent> => ({
  name: 'order.created',
  body: { orderId },
  messageId: `m${orderId}`,
  correlationId: `r${orderId}`,
  traceparent,
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
  it('are one for each message in its trace, and one for the batch that is linked to all', async () => {
    const messages = [message(1, traceparentOf(1)), message(2, traceparentOf(2))]

    new BatchSpans({ queue, messages }, tracing).end()
    await tracing.flush()

    const [whole, first, second] = collector.spans
    expect(whole).toMatchObject({
      name: 'process stock-reduction',
      kind: 'consumer',
      parentSpanId: undefined,
      links: [
        { traceId: traceIdOf(1), spanId: 'b7ad6b7169203331' },
        { traceId: traceIdOf(2), spanId: 'b7ad6b7169203331' },
      ],
      attributes: { 'messaging.batch.message_count': 2 },
    })
    expect([first, second]).toMatchObject(
      [1, 2].map((orderId) => ({
        traceId: traceIdOf(orderId),
        parentSpanId: 'b7ad6b7169203331',
        kind: 'consumer',
        links: [{ traceId: whole?.traceId, spanId: whole?.spanId }],
        attributes: { 'messaging.message.id': `m${orderId}`, 'stockroom.order.id': orderId },
      })),
    )
  })

  it('stand above what follows from each message', async () => {
    const messages = [message(1, traceparentOf(1)), message(2)]

    new BatchSpans({ queue, messages }, tracing).end()
    await tracing.flush()

    const [, ...spans] = collector.spans
    expect(messages.map(({ traceparent }) => traceparent)).toEqual(
      spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    )
  })

  it('have all failed when the batch comes again', async () => {
    new BatchSpans({ queue, messages: [message(1, traceparentOf(1))] }, tracing).end(new Error('away'))
    await tracing.flush()

    expect(collector.spans.map(({ hasFailed }) => hasFailed)).toEqual([true, true])
  })
})
