/** Bytes of AMQP 0-9-1 as any publisher may write them: https://www.rabbitmq.com/amqp-0-9-1-errata.html */

const uint = (bytes: number) => (value: number) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

export const octet = uint(1)
export const short = uint(2)
export const long = uint(4)

export function longLong(value: bigint): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64BE(BigInt.asUintN(64, value))
  return buffer
}

/** At most 255 bytes, which need not be UTF-8. */
export const shortText = (text: string | Buffer) =>
  Buffer.concat([octet(Buffer.byteLength(text)), Buffer.from(text)])
export const longText = (text: string | Buffer) =>
  Buffer.concat([long(Buffer.byteLength(text)), Buffer.from(text)])

/** A value of a table, with the letter of its type before it. */
export const field = (type: string, ...bytes: Buffer[]) => Buffer.concat([Buffer.from(type), ...bytes])
export const textField = (text: string | Buffer) => field('S', longText(text))
export const intField = (value: number) => field('I', long(value >>> 0))
export const tableField = (...entries: Entry[]) => field('F', table(...entries))
export const arrayField = (...values: Buffer[]) => field('A', longText(Buffer.concat(values)))

export type Entry = readonly [name: string | Buffer, value: Buffer]

/** A table with these entries, as often as they are named. */
export const table = (...entries: Entry[]) =>
  longText(Buffer.concat(entries.flatMap(([name, value]) => [shortText(name), value])))

/** Puts a value into `depth` arrays, or into as many tables. */
export function nested(depth: number, kind: 'arrays' | 'tables'): Buffer {
  let value: Buffer = field('V')
  for (let level = 0; level < depth; level += 1)
    value = kind === 'arrays' ? arrayField(value) : tableField(['a', value])
  return value
}

/** The properties of a message in the order of their flags, with the size of their number, text or table. */
const properties = [
  'contentType',
  'contentEncoding',
  'headers',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'timestamp',
  'type',
  'userId',
  'appId',
  'clusterId',
] as const

export type PropertyName = (typeof properties)[number]
/** Each as it stands on the wire. */
export type WireProperties = Partial<Record<PropertyName, Buffer>>

export function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([octet(type), short(channel), long(payload.length), payload, octet(206)])
}

export const method = (channel: number, classId: number, methodId: number, ...args: Buffer[]) =>
  frame(1, channel, Buffer.concat([short(classId), short(methodId), ...args]))

/** The frame that has a message's properties. */
export function contentHeader(channel: number, bodySize: number, given: WireProperties): Buffer {
  const flags = properties.reduce((sum, name, index) => (given[name] ? sum + 2 ** (15 - index) : sum), 0)
  const values = properties.flatMap((name) => given[name] ?? [])
  return frame(
    2,
    channel,
    Buffer.concat([short(60), short(0), longLong(BigInt(bodySize)), short(flags), ...values]),
  )
}
