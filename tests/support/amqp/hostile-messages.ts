import fc from 'fast-check'
import {
  arrayField,
  type Entry,
  field,
  intField,
  longLong,
  longText,
  nested,
  octet,
  shortText,
  table,
  tableField,
  textField,
  type WireProperties,
} from './wire.ts'

/** A message that somebody has made to break whoever reads it; RabbitMQ takes it. */
export interface HostileMessage {
  properties: WireProperties
  /** What its body has behind its beginning. */
  tail: Buffer
}

/** Names that readers know, or that JavaScript does. */
const knownNames = (
  'schema-version traceparent x-delivery-count x-attempts x-first-failed-at x-dead-letter-reason x-death ' +
  'x-first-death-reason bytes length ! value __proto__ constructor toString toJSON'
).split(' ')

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((some) => Buffer.from(some))
const sized = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((some) => Buffer.from(some))
/** Random bytes are no number now and then, for which RabbitMQ closes the publisher's connection. */
const float = (length: number) =>
  sized(length).map((some) => {
    some[0] = (some[0] as number) & 0xbf
    return some
  })

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...knownNames).map((known) => Buffer.from(known)) },
  bytes(20),
)

const sizes = { b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, l: 8, L: 8, T: 8, D: 5 }
const scalar = fc.oneof(
  ...Object.entries(sizes).map(([type, size]) => sized(size).map((value) => field(type, value))),
  float(4).map((value) => field('f', value)),
  float(8).map((value) => field('d', value)),
  fc.boolean().map((value) => field('t', octet(Number(value)))),
  fc.constant(field('V')),
  bytes(40).map((value) => field('x', longText(value))),
  bytes(40).map((value) => textField(value)),
  fc
    .constantFrom('timestamp', 'decimal', 'double', '\u001b[2J\nforged  row', '2026-11-21T10:00:00.000Z')
    .map(textField),
)

/** Values of headers that were seen to break a reader; RabbitMQ itself takes a tenth of a second for each of these. */
export const deepest = [nested(5000, 'arrays'), nested(2000, 'tables')]

/** Others. */
export const deadly = [
  nested(40, 'tables'),
  textField('v'.repeat(33_000)),
  textField(Buffer.alloc(60_000, 0xff)),
  arrayField(...Array.from({ length: 20_000 }, () => field('V'))),
  tableField(['bytes', tableField(['length', intField(30_000_000)])]),
  tableField(['bytes', field('V')]),
  tableField(['bytes', arrayField(intField(1), field('V'))]),
  tableField(['bytes', arrayField(field('d', Buffer.from([64, 9, 33, 251, 84, 68, 45, 24])))]),
  tableField(['!', textField('decimal')], ['value', field('V')]),
  tableField(['!', textField('timestamp')], ['value', textField('soon')]),
  tableField(['toString', intField(1)], ['valueOf', intField(1)], ['toJSON', intField(1)]),
]

const { value } = fc.letrec<{ value: Buffer }>((tie) => {
  const values = fc.array(tie('value'), { maxLength: 4 })
  const entries = fc.array(fc.tuple(name, tie('value')), { maxLength: 4 })
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: false },
      { weight: 8, arbitrary: scalar },
      { weight: 1, arbitrary: values.map((some) => arrayField(...some)) },
      { weight: 1, arbitrary: entries.map((some) => tableField(...some)) },
    ),
  }
})

const entry: fc.Arbitrary<Entry> = fc.tuple(
  name,
  fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(...deadly) }),
)
/** RabbitMQ sends a message to the queues that this names as well; here it is none. */
const copies: Entry = ['CC', arrayField(textField('no-such-queue'), intField(7))]

/** RabbitMQ takes frames of 128 kB. */
const largestHeaders = 120_000

const text = bytes(255).map(shortText)
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 2 })

const headers = fc
  .tuple(fc.array(entry, { maxLength: 6 }), fc.boolean())
  .map(([entries, isCopied]) => table(...entries, ...(isCopied ? [copies] : [])))
  .filter(({ length }) => length < largestHeaders)

/** What RabbitMQ takes of anybody: headers and properties of any type, size and depth, and bytes of any kind. */
export const hostileMessage: fc.Arbitrary<HostileMessage> = fc.record({
  properties: fc.record({
    contentType: maybe(text),
    contentEncoding: maybe(text),
    headers: maybe(headers),
    deliveryMode: maybe(fc.constantFrom(octet(1), octet(2))),
    priority: maybe(sized(1)),
    correlationId: maybe(text),
    replyTo: maybe(text),
    expiration: maybe(fc.constant(shortText('3600000'))),
    messageId: maybe(text),
    timestamp: maybe(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(longLong)),
    type: maybe(text),
    userId: maybe(fc.constant(shortText('guest'))),
    appId: maybe(text),
    clusterId: maybe(text),
  }),
  tail: bytes(100),
})
