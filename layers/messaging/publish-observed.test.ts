import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { publishedEvents } from '@stockroom/telemetry/shop-metrics'
import type { SpanOutcome, SpanStart, Tracing } from '@stockroom/telemetry/span'
import { traceparentOf } from '../../tests/support/rmq-event.ts'
import type { OutboundMessage } from './publisher.ts'

const send = jest.fn<typeof import('./publisher.ts').send>()
const spans: ({ name: string; outcome?: SpanOutcome } & SpanStart)[] = []
const tracing: Tracing = {
  startSpan(name, start) {
    const span = { name, ...start }
    const end = (outcome = {}) => void Object.assign(span, { outcome })
    return { traceparent: traceparentOf(10 * spans.push(span)), end }
  },
  flush: async () => {},
}
jest.unstable_mockModule('./publisher.ts', () => ({ send }))
jest.unstable_mockModule('@stockroom/telemetry/tracing', () => ({ tracing }))
const { sendObserved } = await import('./publish-observed.ts')

const message = (orderId: number): OutboundMessage => ({
  exchange: 'shop.events',
  routingKey: 'order.created',
  content: Buffer.from(`{"orderId":${orderId}}`),
  options: {
    messageId: `m${orderId}`,
    headers: { 'schema-version': 1, traceparent: traceparentOf(orderId) },
  },
})
const publish = async () => Promise.all(await sendObserved([1, 2, 3].map(message)))
const counted = () =>
  ['confirmed', 'unconfirmed'].map((result) => publishedEvents.of('order.created', result).value)

let before: number[]

beforeEach(() => {
  spans.length = 0
  before = counted()
  send.mockReset().mockResolvedValue([true, false, true].map(async (answer) => answer))
})

/** What was counted since, and the errors of the spans. */
const told = () => ({
  counted: counted().map((value, index) => value - (before[index] as number)),
  errors: spans.map(({ outcome }) => outcome?.error),
})

describe('an event that is published', () => {
  it('has a span in its trace, which the message carries on', async () => {
    await publish()

    expect(spans[0]).toMatchObject({
      name: 'send shop.events:order.created',
      kind: 'producer',
      parent: traceparentOf(1),
      attributes: { 'messaging.message.id': 'm1', 'messaging.message.body.size': 13 },
    })
    const headers = { 'schema-version': 1, traceparent: traceparentOf(10) }
    expect(send.mock.calls[0]?.[0][0]).toEqual({ ...message(1), options: { messageId: 'm1', headers } })
  })

  it('is counted, and its span has failed, unless the broker confirms it', async () => {
    expect(await publish()).toEqual([true, false, true])
    expect(told()).toEqual({ counted: [2, 1], errors: [undefined, 'unconfirmed', undefined] })
  })

  it('is one that failed while the broker is away', async () => {
    const error = new Error('not connected')
    send.mockRejectedValue(error)

    await expect(publish()).rejects.toBe(error)
    expect(told()).toEqual({ counted: [0, 3], errors: [error, error, error] })
  })
})
