import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { shutDown } from '@stockroom/runtime/shutdown'
import { OtlpCollector } from '../../tests/support/otlp-collector.ts'
import type { OutboundMessage } from './publisher.ts'

process.env.LOG_LEVEL = 'silent'
const send = jest.fn<typeof import('./publisher.ts').send>()
jest.unstable_mockModule('./publisher.ts', () => ({ send }))
const traceId = '0af7651916cd43dd8448eb211c80319c'
const message = (orderId: number): OutboundMessage => ({
  exchange: 'shop.events',
  routingKey: 'order.created',
  content: Buffer.from(`{"orderId":${orderId}}`),
  options: {
    messageId: `m${orderId}`,
    correlationId: 'r1',
    headers: { 'schema-version': 1, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  },
})
let collector: OtlpCollector
let publishObserved: (messages: OutboundMessage[]) => Promise<boolean[]>
let flush: () => Promise<void>
let published: (result: string) => number

beforeAll(async () => {
  collector = await OtlpCollector.start()
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
  const { sendObserved } = await import('./publish-observed.ts')
  publishObserved = async (messages) => Promise.all(await sendObserved(messages))
  const { tracing } = await import('@stockroom/telemetry/tracing')
  flush = async () => tracing?.flush()
  const { publishedEvents } = await import('@stockroom/telemetry/shop-metrics')
  published = (result) => publishedEvents.of('order.created', result).value
})

afterAll(async () => {
  await shutDown()
  await collector.stop()
})

beforeEach(() => {
  collector.spans.length = 0
  send.mockReset().mockImplementation(async (messages) => messages.map(async () => true))
})

describe('an event that is published', () => {
  it('has a span in its trace, which the message carries on', async () => {
    await publishObserved([message(1)])
    await flush()

    const [span] = collector.spans
    expect(span).toMatchObject({
      traceId,
      parentSpanId: 'b7ad6b7169203331',
      name: 'send shop.events:order.created',
      kind: 'producer',
      hasFailed: false,
      attributes: { 'messaging.message.id': 'm1', 'messaging.message.body.size': 13 },
    })
    const traceparent = `00-${traceId}-${span?.spanId}-01`
    expect(send.mock.calls[0]?.[0][0]).toEqual({
      ...message(1),
      options: { ...message(1).options, headers: { 'schema-version': 1, traceparent } },
    })
  })

  it('is counted, and its span has failed, unless the broker confirms it', async () => {
    const before = { confirmed: published('confirmed'), unconfirmed: published('unconfirmed') }
    send.mockResolvedValue([true, false, true].map(async (answer) => answer))

    const confirmed = await publishObserved([message(1), message(2), message(3)])
    await flush()

    expect(confirmed).toEqual([true, false, true])
    expect(collector.spans.map(({ hasFailed }) => hasFailed)).toEqual([false, true, false])
    expect(published('confirmed') - before.confirmed).toBe(2)
    expect(published('unconfirmed') - before.unconfirmed).toBe(1)
  })

  it('is one that failed while the broker is away', async () => {
    const before = published('unconfirmed')
    send.mockRejectedValue(new Error('not connected'))

    await expect(publishObserved([message(1), message(2)])).rejects.toThrow('not connected')
    await flush()

    expect(collector.spans.map(({ hasFailed }) => hasFailed)).toEqual([true, true])
    expect(published('unconfirmed') - before).toBe(2)
  })
})
