import { describe, expect, it } from '@jest/globals'
import { headerBytes, rmqMessage, traceparentOf } from '../../tests/support/rmq-event.ts'
import { orderCreated, stockReduced, stockRejected } from './events.ts'
import { parseMessage } from './parse-message.ts'

const body = { orderId: 1, productId: 7, quantity: 2, timestamp: '2026-11-21T10:00:00.000Z' }
const both = [stockReduced, stockRejected]
const valid = { type: 'stock.reduced', body }
const parse = (delivery: object) => parseMessage(rmqMessage({ ...valid, ...delivery }), both)

describe('parseMessage', () => {
  it('reads an event with its ids and its place in a trace', () => {
    const ids = { messageId: 'm1', correlationId: 'r1' }
    const traceparent = traceparentOf(7)

    const parsed = parse({ ...ids, headers: { traceparent: headerBytes(traceparent) } })

    expect(parsed).toEqual({ name: 'stock.reduced', body, ...ids, traceparent })
  })

  it('takes ids and a trace that can be none for none, so that the batch is not held up', () => {
    const none = { messageId: undefined, correlationId: undefined, traceparent: undefined }

    // PostgreSQL could not store it.
    expect(parse({ correlationId: 'a\u0000b' })).toMatchObject(none)
    for (const traceparent of [headerBytes('00-ab-cd-01'), 7, { bytes: { length: 30_000_000 } }, [], null])
      expect(parse({ headers: { traceparent } })).toMatchObject(none)
  })

  it('means the only event that there is when the type is absent, and only then', () => {
    const { type: _, ...untyped } = valid

    expect(parseMessage(rmqMessage(untyped), [stockReduced])).toMatchObject({ name: 'stock.reduced' })
    expect(parseMessage(rmqMessage(valid), [orderCreated])).toEqual({ reason: 'unknown event stock.reduced' })
  })

  it.each([
    ['absent headers', null],
    ['an absent version', {}],
    ['the version as a number', { 'schema-version': 1 }],
    ['the version as text', { 'schema-version': headerBytes('1') }],
  ])('reads an event with %s', (_, headers) => {
    expect(parse({ headers })).toMatchObject({ name: 'stock.reduced' })
  })
})

describe('a message that can never be handled', () => {
  it.each([
    [0, '0'],
    [{ toString: 1, valueOf: 1 }, '(a table)'],
    [headerBytes('v'.repeat(33_000)), `${'v'.repeat(80)}…`],
  ])('may have anything as its version, of which the reason has a few words: %#', (version, words) => {
    expect(parse({ headers: { 'schema-version': version } })).toEqual({
      reason: `unknown schema-version ${words}`,
    })
  })

  it.each([
    ['toString', 'toString'],
    ['order\r\n\u009bspam', 'order\\r\\n\\u{9b}spam'],
    [null, '(no type)'],
  ])('may be of an event that is not for it: %j', (type, words) => {
    expect(parse({ type })).toEqual({ reason: `unknown event ${words}` })
  })

  it('is larger than an event can be, and is not parsed', () => {
    const large = { ...body, more: 'x'.repeat(256 * 1024) }

    expect(parse({ body: large })).toEqual({ reason: 'larger than 262144 bytes' })
    expect(parse({ text: `${JSON.stringify(body)}${' '.repeat(260_000)}` })).toMatchObject({ body })
  })

  it.each(['', '{', '\u0000', '['.repeat(260_000)])('is not JSON: %#', (text) => {
    expect(parse({ text })).toEqual({ reason: 'not JSON' })
  })

  it.each([
    'null',
    '7',
    '{}',
    JSON.stringify({ ...body, orderId: '1' }),
    `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
  ])('has not the shape of its event: %#', (text) => {
    expect(parse({ text })).toEqual({ reason: 'not the shape of stock.reduced' })
  })
})
