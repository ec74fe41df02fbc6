import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  arrayField,
  contentHeader,
  type Entry,
  field,
  intField,
  long,
  longLong,
  longText,
  nested,
  shortText,
  table,
  tableField,
  textField,
  type WireProperties,
} from '../../tests/support/amqp/wire.ts'
import { seed } from '../../tests/support/seed.ts'
import { guardHeaders } from './header-guard.ts'

const require = createRequire(import.meta.url)
/** amqplib's own, which its package doesn't export. */
const { Connection } = require(join(dirname(require.resolve('amqplib')), 'lib/connection.js'))

const frameOf = (properties: WireProperties) => contentHeader(1, 7, properties)
const headersFrame = (...entries: Entry[]) => frameOf({ headers: table(...entries) })

/** What amqplib makes of bytes that arrive together. */
function received(frames: Buffer[], isGuarded = true) {
  const stream = new PassThrough()
  const connection = new Connection(stream)
  if (isGuarded) expect(guardHeaders(connection)).toBe(true)
  stream.write(Buffer.concat(frames))
  return frames.map(() => connection.recvFrame())
}

const headersOf = (...entries: Entry[]) => received([headersFrame(...entries)])[0].fields.headers

/** Bytes of a value of each type that amqplib knows, but for those that begin with a length. */
const sizes = { V: 0, t: 1, b: 1, B: 1, s: 2, u: 2, i: 4, I: 4, f: 4, D: 5, d: 8, l: 8, T: 8 }

const everyType: Entry[] = [
  ...Object.entries(sizes).map(([type, size]): Entry => [type, field(type, Buffer.alloc(size, 201))]),
  ['text', textField('Größe')],
  ['bytes', field('x', longText(Buffer.from([0, 255])))],
  ['list', arrayField(intField(1), tableField(['a', textField('b')]), arrayField())],
  ['table', tableField(['', intField(1)], ['twice', intField(1)], ['twice', intField(2)])],
  ['deep', nested(32, 'arrays')],
  ['', tableField()],
]

describe('guardHeaders', () => {
  it('leaves what amqplib decodes as it is, of every type', () => {
    const frames = [headersFrame(...everyType), frameOf({}), frameOf({ headers: table() })]

    expect(received(frames)).toEqual(received(frames, false))
  })

  it('leaves the other properties as they are, around headers that it mends', () => {
    const properties = {
      contentType: shortText('text/plain'),
      contentEncoding: shortText('identity'),
      headers: table(['deep', nested(5000, 'arrays')]),
      messageId: shortText('m1'),
      timestamp: longLong(2021n),
      appId: shortText('shop'),
    }

    const [{ fields, size }, next] = received([frameOf(properties), headersFrame(['a', intField(1)])])

    expect({ ...fields }).toMatchObject({
      contentType: 'text/plain',
      contentEncoding: 'identity',
      headers: { deep: 'not shown: nested more than 32 deep' },
      messageId: 'm1',
      timestamp: 2021,
      appId: 'shop',
    })
    expect(size).toBe(7)
    expect(next.fields.headers).toEqual({ a: 1 })
  })

  it.each([
    ['2,000 tables within each other', nested(2000, 'tables'), 'nested more than 32 deep', { behind: 2 }],
    ['33 lists within each other', nested(33, 'arrays'), 'nested more than 32 deep', { behind: 2 }],
    ['33 kB', textField('v'.repeat(33_000)), '33005 bytes', { behind: 2 }],
    ['a list of a type that nobody knows', arrayField(field('Q')), 'not of AMQP', { behind: 2 }],
    ['what holds more than its length', field('A', long(2), longLong(1n)), 'not of AMQP', {}],
    ['a type that nobody knows', field('Q'), 'not of AMQP', {}],
    ['what is longer than its table', field('S', long(100)), 'not of AMQP', {}],
  ])('shows a text in the place of %s, and the headers around it', (_, value, why, behind) => {
    const headers = headersOf(['before', intField(1)], ['odd', value], ['behind', intField(2)])

    expect(headers).toMatchObject({ before: 1, odd: `not shown: ${why}`, ...behind })
  })

  it('shows no more headers than there is room for, and says so', () => {
    const many = Array.from({ length: 1000 }, (_, n): Entry => [`h${n}`, textField('v'.repeat(90))])

    const headers = headersOf(...many)

    expect(Object.keys(headers).length).toBeLessThan(400)
    expect(headers).toMatchObject({
      h0: 'v'.repeat(90),
      'more headers': expect.stringMatching(/^not shown: \d+ bytes$/),
    })
  })

  it('reads integers of 64 bits by both letters that RabbitMQ has for them', () => {
    const entries: Entry[] = [
      ['a', field('L', longLong(7n))],
      ['b', arrayField(field('L', longLong(-1n)))],
    ]

    expect(headersOf(...entries)).toEqual({ a: 7, b: [-1] })
  })

  it('lets nobody set the prototype of headers, nor of a table in them', () => {
    const headers = headersOf(
      ['__proto__', tableField(['x-attempts', intField(1)])],
      ['table', tableField(['__proto__', tableField(['!', textField('timestamp')])])],
    )

    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
    expect(headers).toEqual({
      '(__proto__)': 'not shown: a name __proto__',
      table: 'not shown: a name __proto__',
    })
  })

  it('lets amqplib decode any bytes at all', () => {
    const types = fc.constantFrom(...Buffer.from('FASxVtbBsuIifDldTLQ'))
    const bytes = fc.array(fc.oneof(types, fc.constantFrom(0, 0, 0, 1, 2, 5), fc.nat(255)), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(bytes, (some) => {
        const [{ fields }] = received([frameOf({ headers: longText(Buffer.from(some)) })])
        expect(Object.getPrototypeOf(fields.headers)).toBe(Object.prototype)
      }),
      { numRuns: 2000, seed },
    )
  })

  it('waits for the rest of a frame that comes in pieces', () => {
    const stream = new PassThrough()
    const connection = new Connection(stream)
    guardHeaders(connection)
    const frame = headersFrame(['deep', nested(5000, 'arrays')])

    const outcomes = [...frame.subarray(0, 40), frame.length].map((_, at) => {
      stream.write(at < 40 ? frame.subarray(at, at + 1) : frame.subarray(40))
      return connection.recvFrame()
    })

    expect(outcomes.slice(0, -1).every((outcome) => outcome === false)).toBe(true)
    expect(outcomes.at(-1).fields.headers).toEqual({ deep: 'not shown: nested more than 32 deep' })
  })

  it.each([undefined, {}, { rest: 'text', recvFrame() {} }, { rest: Buffer.alloc(0) }])(
    'leaves a connection alone that is not as amqplib makes it: %j',
    (connection) => {
      const before = { ...connection }

      expect(guardHeaders(connection)).toBe(false)
      expect({ ...connection }).toEqual(before)
    },
  )
})

it.each([
  ['header-guard.ts', 'event'],
  ['one-write-a-turn.ts', 'broker'],
])('%s is the same in the emulator, which is a package of its own', (file, folder) => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

  expect(read(file)).toBe(read(`../../plugins/serverless-offline-rabbitmq/${folder}/${file}`))
})
