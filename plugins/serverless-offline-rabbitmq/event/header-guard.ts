/**
 * amqplib 2.3 decodes the headers of a message by recursion, and gives the whole connection up for what it can't decode:
 * some thousand lists within each other, or a type that RabbitMQ knows and it doesn't. The next connection gets the
 * message again. This guard looks at the bytes before amqplib does.
 */

/** What amqplib's types keep to themselves: the bytes that have arrived, and what takes the next frame off them. */
type FrameSource = { rest: Buffer; recvFrame(): unknown }

/** Where the table of headers stands in the frame that some bytes begin with. */
type Place = { begin: number; end: number; frameEnd: number }

/** How deep values may be nested, and how many bytes all headers of a message may have together. */
const DEEPEST = 32
const LARGEST = 32 * 1024

const FRAME_OVERHEAD = 8
const HEADER_FRAME = 2
const FLAGS_AT = 19
const HAS_HEADERS = 1 << 13
/** Content type and content encoding stand before the headers. */
const HAS_TEXT_BEFORE = [1 << 15, 1 << 14]

const TABLE = 'F'.charCodeAt(0)
const LIST = 'A'.charCodeAt(0)
// https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
const TEXT = 'S'.charCodeAt(0)
const LENGTH_FIRST = [TABLE, LIST, TEXT, 'x'.charCodeAt(0)]
const FIXED = { V: 0, t: 1, b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, f: 4, D: 5, l: 8, L: 8, d: 8, T: 8 }
const SIZES = new Map(Object.entries(FIXED).map(([type, size]) => [type.charCodeAt(0), size]))
/** Integers of 64 bits have two letters in RabbitMQ, and one in amqplib. */
const LONG = { rabbitmq: 'L'.charCodeAt(0), amqplib: 'l'.charCodeAt(0) }
/** amqplib makes an entry of this name the prototype of its table. */
const PROTOTYPE = Buffer.from('__proto__')

/**
 * Lets amqplib see a text that begins with `not shown:` in the place of each header that it can't decode, or that is
 * nested or large beyond reason. Returns false for a connection that isn't as amqplib 2.3 makes it, and stays unguarded.
 *
 * @example
 * await connect(url, { recovery: { setup: async (model) => guardHeaders(model.connection) } })
 */
export function guardHeaders(connection: unknown): boolean {
  if (!isFrameSource(connection)) return false
  const receive = connection.recvFrame
  connection.recvFrame = () => {
    const { rest } = connection
    const place = placeOfHeaders(rest)
    const headers = place && guarded(rest.subarray(place.begin, place.end))
    if (!headers) return receive.call(connection)
    connection.rest = withHeaders(rest, place, headers)
    const frame = receive.call(connection)
    connection.rest = rest.subarray(place.frameEnd)
    return frame
  }
  return true
}

function isFrameSource(connection: unknown): connection is FrameSource {
  if (typeof connection !== 'object' || connection === null) return false
  const { rest, recvFrame } = connection as Partial<FrameSource>
  return Buffer.isBuffer(rest) && typeof recvFrame === 'function'
}

/** Undefined until a whole frame has arrived, and for one without headers. */
function placeOfHeaders(bytes: Buffer): Place | undefined {
  if (bytes.length < FRAME_OVERHEAD || bytes[0] !== HEADER_FRAME) return undefined
  const frameEnd = bytes.readUInt32BE(3) + FRAME_OVERHEAD
  if (bytes.length < frameEnd) return undefined
  const flags = bytes.readUInt16BE(FLAGS_AT)
  if (!(flags & HAS_HEADERS)) return undefined
  let at = FLAGS_AT + 2
  for (const flag of HAS_TEXT_BEFORE) if (flags & flag) at += 1 + bytes.readUInt8(at)
  const begin = at + 4
  return { begin, end: begin + bytes.readUInt32BE(at), frameEnd }
}

function withHeaders(bytes: Buffer, { begin, end, frameEnd }: Place, headers: Buffer): Buffer {
  const frame = Buffer.concat([bytes.subarray(0, begin), headers, bytes.subarray(end, frameEnd)])
  frame.writeUInt32BE(frame.length - FRAME_OVERHEAD, 3)
  frame.writeUInt32BE(headers.length, begin - 4)
  return frame
}

/** The table with texts in the place of what amqplib shall not see; undefined when there is nothing of that kind. */
function guarded(table: Buffer): Buffer | undefined {
  if (table.length <= LARGEST && flawIn(table, 0, table.length, 0) === undefined) return undefined
  const entries: Buffer[] = []
  let room = LARGEST
  let at = 0
  while (at < table.length && room > 0) {
    const valueAt = endOfName(table, at)
    const end = endOfValue(table, valueAt)
    const isLarge = end - at > room && end <= table.length
    const flaw = isLarge ? `${end - valueAt} bytes` : flawIn(table, at, Math.min(end, table.length), 0)
    const entry =
      flaw === undefined ? table.subarray(at, end) : notShown(table.subarray(at + 1, valueAt), flaw)
    entries.push(entry)
    room -= Math.max(entry.length, isLarge ? 0 : end - at)
    at = end
  }
  if (at < table.length) entries.push(notShown(Buffer.from('more headers'), `${table.length - at} bytes`))
  return Buffer.concat(entries)
}

/** Why amqplib shall not see the entries of a table, undefined when it may. Each byte is looked at once. */
function flawIn(bytes: Buffer, begin: number, end: number, depth: number, type = TABLE): string | undefined {
  if (depth > DEEPEST) return `nested more than ${DEEPEST} deep`
  for (let at = begin; at < end; ) {
    const valueAt = type === TABLE ? endOfName(bytes, at) : at
    if (type === TABLE && bytes[at] === PROTOTYPE.length && PROTOTYPE.equals(bytes.subarray(at + 1, valueAt)))
      return `a name ${PROTOTYPE}`
    if (bytes[valueAt] === LONG.rabbitmq) bytes[valueAt] = LONG.amqplib
    at = endOfValue(bytes, valueAt)
    if (at > end) return 'not of AMQP'
    const its = bytes[valueAt]
    const flaw = its === TABLE || its === LIST ? flawIn(bytes, valueAt + 5, at, depth + 1, its) : undefined
    if (flaw !== undefined) return flaw
  }
  return undefined
}

const endOfName = (bytes: Buffer, at: number): number => at + 1 + (bytes[at] ?? 0)

/** Infinite for a type that nobody knows. */
function endOfValue(bytes: Buffer, at: number): number {
  const type = bytes[at] ?? 0
  if (LENGTH_FIRST.includes(type) && at + 5 <= bytes.length) return at + 5 + bytes.readUInt32BE(at + 1)
  return at + 1 + (SIZES.get(type) ?? Number.POSITIVE_INFINITY)
}

/** An entry of a table: its name, and a text in the place of its value. */
function notShown(name: Buffer, why: string): Buffer {
  const text = Buffer.from(`not shown: ${why}`)
  const shownName = PROTOTYPE.equals(name) ? Buffer.from(`(${PROTOTYPE})`) : name
  const entry = Buffer.alloc(shownName.length + text.length + 6)
  entry.writeUInt8(shownName.length, 0)
  shownName.copy(entry, 1)
  entry.writeUInt8(TEXT, shownName.length + 1)
  entry.writeUInt32BE(text.length, shownName.length + 2)
  text.copy(entry, shownName.length + 6)
  return entry
}
