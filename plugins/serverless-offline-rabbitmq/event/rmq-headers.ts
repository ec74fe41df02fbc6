/**
 * How AWS shows a header's value.
 *
 * AWS documents strings and numbers. The other types follow from what the documented ones give away: `{"bytes": [...]}`
 * is the one private field of the RabbitMQ Java client's string class, and the timestamp is what Gson makes of a Java
 * date. So the remaining types are shown as Gson shows the objects of that client: bytes are signed, a byte array is
 * an array of numbers, a timestamp is a display string and a decimal is a number.
 */
export type RmqHeaderValue =
  | { bytes: number[] }
  | string
  | number
  | boolean
  | null
  | RmqHeaderValue[]
  | { [name: string]: RmqHeaderValue }

export type RmqHeaders = { [name: string]: RmqHeaderValue }

type Tagged<Type extends string, Value> = { '!': Type; value: Value }
type Timestamp = Tagged<'timestamp', number>
type Decimal = Tagged<'decimal', { places: number; digits: number }>

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Converts a table of headers as amqplib decodes it, whatever it holds. */
export function headerTable(table: object): RmqHeaders {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, headerValue(value)]))
}

function headerValue(value: unknown): RmqHeaderValue {
  if (typeof value === 'string') return { bytes: textBytes(value) }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null // JSON has no others.
  if (typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return null
  if (Buffer.isBuffer(value)) return signedBytes(value)
  if (Array.isArray(value)) return value.map(headerValue)
  if (isTimestamp(value)) return displayTime(value.value)
  if (isDecimal(value)) return headerValue(Number(`${value.value.digits}e-${value.value.places}`))
  return headerTable(value)
}

/** amqplib marks the types that JavaScript lacks: `{'!': 'timestamp', value: 2021}`. A table may hold the same members. */
function isTimestamp(value: object): value is Timestamp {
  const { '!': type, value: seconds } = value as Partial<Timestamp>
  return type === 'timestamp' && typeof seconds === 'number'
}

function isDecimal(value: object): value is Decimal {
  const { '!': type, value: parts } = value as Partial<Decimal>
  return type === 'decimal' && Number.isInteger(parts?.places) && Number.isInteger(parts?.digits)
}

/** The bytes of a text in UTF-8. Most headers are ASCII, whose bytes are the characters: no buffer is needed for them. */
function textBytes(text: string): number[] {
  const bytes = Array<number>(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return signedBytes(Buffer.from(text))
    bytes[at] = code
  }
  return bytes
}

function signedBytes(buffer: Buffer): number[] {
  const bytes: number[] = []
  for (const byte of buffer) bytes.push(byte < 128 ? byte : byte - 256)
  return bytes
}

/**
 * Shows seconds since the epoch as `MMM d, yyyy, h:mm:ss a` in UTC; null for a moment that no date reaches, as a timestamp of
 * AMQP has 64 bits.
 *
 * By hand, because the ICU that Node carries decides about the space before AM and PM.
 */
export function displayTime(epochSeconds: number): string | null {
  const time = new Date(epochSeconds * 1000)
  if (Number.isNaN(time.getTime())) return null
  const hours = time.getUTCHours()
  const date = `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`
  const clock = [hours % 12 || 12, twoDigits(time.getUTCMinutes()), twoDigits(time.getUTCSeconds())].join(':')
  return `${date}, ${clock} ${hours < 12 ? 'AM' : 'PM'}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
