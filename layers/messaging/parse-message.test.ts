import { describe, expect, it } from '@jest/globals'
import { headerBytes, rmqMessage, traceparentOf } from '../../tests/support/rmq-event.ts'
import { orderCreated, stockReduced, stockRejected } from './events.ts'
import { parseMessage } from './parse-message.ts'

const body = { orderId: 1, productId: 7, quantity: 2, timestamp: '2026-11-21T10:00:00.000Z' }
const both = [stockReduced, stockRejected]
const valid = { type: 'stock.reduced', body }
const parse = (delivery: object) => parseMessage(rmqMessage({ ...valid, ...delivery }), both)

describe('parseMessage', () => {
  it('reads an event with its message id and correlation id', () => {
    const message = rmqMessage({ ...valid, messageId: 'm1', correlationId: 'r1' })

    expect(parseMessage(message, both)).toEqual({
      name: 'stock.reduced',
      body,
      messageId: 'm1',
      correlationId: 'r1',
    })
  })

  it('reads an event without a message id or correlation id', () => {
    expect(parse({})).toMatchObject({ messageId: undefined, correlationId: undefined })
  })

  it('takes a correlation id that PostgreSQL could not store for none, so that the batch is not held up', () => {
    expect(parse({ correlationId: 'a\u0000b' })).toMatchObject({ correlationId: undefined })
  })

  it('reads the place in a trace, and takes one that can be none for none', () => {
    const traceparent = traceparentOf(7)

    expect(parse({ headers: { traceparent: headerBytes(traceparent) } })).toMatchObject({ traceparent })
    expect(parse({ headers: { traceparent: headerBytes('00-ab-cd-01') } })).toMatchObject({
      traceparent: undefined,
    })
    for (const none of [7, { bytes: { length: 30_000_000 } }, { bytes: null }, [], null])
      expect(parse({ headers: { traceparent: none } })).toMatchObject({ traceparent: undefined })
  })

  it('ignores members that it does not know', () => {
    expect(parse({ body: { ...body, colour: 'red' } })).toMatchObject({ body: { orderId: 1 } })
  })

  it('means the only event that there is when the type is absent', () => {
    const { type: _, ...untyped } = valid

    expect(parseMessage(rmqMessage(untyped), [stockReduced])).toMatchObject({ name: 'stock.reduced' })
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
    ['2', 2],
    ['2', headerBytes('2')],
    ['next', headerBytes('next')],
    ['0', 0],
  ])('names the version %s that nobody knows', (version, header) => {
    expect(parse({ headers: { 'schema-version': header } })).toEqual({
      reason: `unknown schema-version ${version}`,
    })
  })

  it.each([
    [{ toString: 1, valueOf: 1 }, '(a table)'],
    [{ bytes: { length: 30_000_000 } }, '(a table)'],
    [{ bytes: null }, '(a table)'],
    [[1, 2], '(a list)'],
    [true, 'true'],
    [headerBytes('2\n\u001b[31m\u202e'), '2\\n\\u{1b}[31m\\u{202e}'],
    [headerBytes('v'.repeat(33_000)), `${'v'.repeat(80)}…`],
  ])('may have anything as its version, of which the reason has a few words: %#', (version, words) => {
    expect(parse({ headers: { 'schema-version': version } })).toEqual({
      reason: `unknown schema-version ${words}`,
    })
  })

  it('may have a type that would write another line', () => {
    expect(parse({ type: 'order\r\n\u009bspam' })).toEqual({
      reason: 'unknown event order\\r\\n\\u{9b}spam',
    })
  })

  it('is larger than an event can be, and is not parsed', () => {
    const large = { ...body, more: 'x'.repeat(256 * 1024) }

    expect(parse({ body: large })).toEqual({ reason: 'larger than 262144 bytes' })
    expect(parse({ text: `${JSON.stringify(body)}${' '.repeat(260_000)}` })).toMatchObject({ body })
  })

  it('may be JSON that is nested as deep as its size allows', () => {
    expect(parse({ text: '['.repeat(260_000) })).toEqual({ reason: 'not JSON' })
    expect(parse({ text: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })).toEqual({
      reason: 'not the shape of stock.reduced',
    })
  })

  it.each(['order.created', 'stock.Reduced', 'toString'])('names the event %s that is not for it', (type) => {
    expect(parse({ type })).toEqual({ reason: `unknown event ${type}` })
  })

  it('has no type where several events may be meant', () => {
    expect(parse({ type: null })).toEqual({ reason: 'unknown event (no type)' })
  })

  it('names an event that is not the only one there is', () => {
    expect(parseMessage(rmqMessage(valid), [orderCreated])).toEqual({ reason: 'unknown event stock.reduced' })
  })

  it.each(['', '{', 'hello', '\u0000'])('is not JSON: %j', (text) => {
    expect(parse({ text })).toEqual({ reason: 'not JSON' })
  })

  it.each([
    null,
    [],
    7,
    {},
    { ...body, orderId: '1' },
    { ...body, orderId: 0 },
    { ...body, quantity: 0 },
    { ...body, quantity: 1.5 },
    { ...body, timestamp: undefined },
  ])('has not the shape of its event: %j', (wrong) => {
    expect(parse({ body: wrong })).toEqual({ reason: 'not the shape of stock.reduced' })
  })

  it('gives a reason that the schema does not know', () => {
    const wrong = { orderId: 1, productId: 7, reason: 'bad mood', timestamp: body.timestamp }

    expect(parse({ type: 'stock.rejected', body: wrong })).toEqual({
      reason: 'not the shape of stock.rejected',
    })
  })
})
