import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { headerBytes } from '../../tests/support/rmq-event.ts'
import { seed } from '../../tests/support/seed.ts'
import { copiedOptions } from './message-copy.ts'

const require = createRequire(import.meta.url)
/** amqplib's own encoder, with the buffer that it has for it. */
const { encodeTable } = require(join(dirname(require.resolve('amqplib')), 'lib/codec.js'))
const encode = (headers: object): number => encodeTable(Buffer.alloc(65_536), headers, 0)

/** With the length of the table before them. */
const mostBytes = 24 * 1024 + 4

const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)

const copyOf = (headers: unknown) => {
  const { options, left } = copiedOptions({ headers })
  return { headers: options.headers, left }
}

describe('copiedOptions', () => {
  it('carries what tells of a message, and nothing that RabbitMQ closes the channel for', () => {
    const carried = {
      messageId: 'm1',
      type: 'order.created',
      correlationId: 'r1',
      appId: 'other',
      contentType: 'text/plain',
      contentEncoding: 'identity',
      timestamp: 2021,
    }
    const dangerous = { userId: 'somebody', replyTo: 'amq.rabbitmq.reply-to', expiration: '1' }

    expect(copiedOptions({ ...carried, ...dangerous, priority: 9, deliveryMode: 1 } as object)).toEqual({
      options: { ...carried, headers: {}, persistent: true, mandatory: true },
      left: Object.keys(dangerous),
    })
  })

  it('makes an id for a message that has none, or had one that became longer than 255 bytes', () => {
    const [one, other] = [copiedOptions({ messageId: null }), copiedOptions({})]
    const long = '\ufffd'.repeat(86)

    expect(one.options.messageId).toMatch(/^[\da-f-]{36}$/)
    expect(other.options.messageId).not.toBe(one.options.messageId)
    expect(copiedOptions({ messageId: long, type: long }).left).toEqual(['messageId', 'type'])
    expect(copiedOptions({ type: long.slice(1) }).left).toEqual([])
  })

  it.each([-1, 2 ** 64, 1.5, 'Jan 1, 1970, 12:33:41 AM'])(
    'leaves out a timestamp that is none of AMQP: %j',
    (timestamp) => {
      expect(copiedOptions({ timestamp }).options).not.toHaveProperty('timestamp')
    },
  )
})

describe('the headers of a copy', () => {
  it('are those of the message, of every type', () => {
    const headers = {
      text: 'Größe',
      number: -1.5,
      integer: 2 ** 53 - 1,
      yes: true,
      none: null,
      bytes: Buffer.from([1]),
      time: { '!': 'timestamp', value: 2021 },
      price: { '!': 'decimal', value: { places: 2, digits: 1999 } },
      'x-death': [{ queue: 'stock', count: 2, 'routing-keys': ['a'] }],
      '': {},
      'as deep as the tools show': nested(32),
    }

    expect(copyOf(headers)).toEqual({ headers, left: [] })
  })

  it('are texts again where Lambda hands over their bytes, in lists and tables too', () => {
    expect(copyOf({ a: headerBytes('ü'), b: [{ c: headerBytes('d') }] })).toEqual({
      headers: { a: 'ü', b: [{ c: 'd' }] },
      left: [],
    })
  })

  it.each([
    ['an infinite number', Number.NEGATIVE_INFINITY],
    ['an integer without end', 1n],
    ['a type that amqplib does not know', { '!': 'x', value: 1 }],
    ['a price that is none', { '!': 'decimal', value: null }],
    ['a price of too many places', { '!': 'decimal', value: { places: 256, digits: 1 } }],
    ['a list of such', [[{ a: Number.NaN }]]],
    ['a name that is too long', { ['ü'.repeat(128)]: 1 }],
    ['a text that is too long', 'x'.repeat(25_000)],
    ['many small values', Array(3000).fill(1)],
    ['33 lists within each other', nested(33)],
  ])('are without %s, and it is named', (_, value) => {
    expect(copyOf({ before: 1, odd: value, behind: 2 })).toEqual({
      headers: { before: 1, behind: 2 },
      left: ['odd'],
    })
  })

  it('are without names that are too long, and without queues that it would go to as well', () => {
    const long = 'ü'.repeat(128)

    expect(copyOf({ CC: ['a'], BCC: ['b'], cc: ['c'], [long]: 1 })).toEqual({
      headers: { cc: ['c'] },
      left: ['CC', 'BCC', long],
    })
  })

  it('are as many as fit into 24 kB', () => {
    const many = Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`h${n}`, 'ten bytes.']))

    const { headers, left } = copyOf(many)

    expect(Object.keys(headers).length + left.length).toBe(4000)
    expect(encode(headers)).toBeLessThanOrEqual(mostBytes)
    expect(encode(headers)).toBeGreaterThan(mostBytes - 1024)
  })

  it('have names that all objects have', () => {
    const { headers } = copyOf(JSON.parse('{"__proto__": {"__proto__": 1}, "toString": 1, "constructor": 2}'))

    expect(Object.keys(headers)).toEqual(['__proto__', 'toString', 'constructor'])
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  })

  it('are always encodable', () => {
    const value = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, maxDepth: 5 }),
      fc.double(),
      fc.record({
        '!': fc.oneof(fc.string(), fc.constantFrom('timestamp', 'decimal', 'double')),
        value: fc.anything(),
      }),
      fc.record({ bytes: fc.anything() }),
    )
    const headers = fc.oneof(
      { weight: 99, arbitrary: fc.dictionary(fc.string({ maxLength: 300 }), value) },
      fc.constantFrom(null, [], 7, 'text'),
    )
    fc.assert(
      fc.property(headers, (some) => {
        expect(encode(copyOf(some).headers)).toBeLessThanOrEqual(mostBytes)
      }),
      { numRuns: 2000, seed },
    )
  })
})
