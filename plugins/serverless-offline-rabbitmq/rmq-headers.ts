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

type Tagged = { '!': string; value: unknown }
type Decimal = { places: number; digits: number }

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Converts a table of headers as amqplib decodes it. */
export function headerTable(table: object): RmqHeaders {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, headerValue(value)]))
}

function headerValue(value: unknown): RmqHeaderValue {
  if (typeof value === 'string') return { bytes: textBytes(value) }
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return signedBytes(value)
  if (Array.isArray(value)) return value.map(headerValue)
  if (isTagged(value)) return taggedValue(value)
  return headerTable(value)
}

/** amqplib marks the types that JavaScript lacks: `{'!': 'timestamp', value: 2021}`. */
function isTagged(value: object): value is Tagged {
  return '!' in value && 'value' in value
}

function taggedValue({ '!': type, value }: Tagged): RmqHeaderValue {
  if (type === 'timestamp') return displayTime(value as number)
  if (type !== 'decimal') return headerValue(value)
  const { places, digits } = value as Decimal
  return Number(`${digits}e-${places}`)
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
 * Shows seconds since the epoch as `MMM d, yyyy, h:mm:ss a` in UTC.
 *
 * By hand, because the ICU that Node carries decides about the space before AM and PM.
 */
export function displayTime(epochSeconds: number): string {
  const time = new Date(epochSeconds * 1000)
  const hours = time.getUTCHours()
  const date = `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`
  const clock = [hours % 12 || 12, twoDigits(time.getUTCMinutes()), twoDigits(time.getUTCSeconds())].join(':')
  return `${date}, ${clock} ${hours < 12 ? 'AM' : 'PM'}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
