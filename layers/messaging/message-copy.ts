import { randomUUID } from 'node:crypto'
import { headerValue } from './rmq-event.ts'

/** Properties of a message that somebody published, as Lambda or amqplib hands them over. */
export interface ForeignProperties {
  messageId?: unknown
  type?: unknown
  correlationId?: unknown
  appId?: unknown
  contentType?: unknown
  contentEncoding?: unknown
  /** Seconds since the epoch; Lambda hands over a text that is for people. */
  timestamp?: unknown
  headers?: unknown
  userId?: unknown
  replyTo?: unknown
  expiration?: unknown
}

const textNames = ['type', 'correlationId', 'appId', 'contentType', 'contentEncoding'] as const
/** Bytes of a property, and of a header's name: https://www.rabbitmq.com/amqp-0-9-1-protocol, `shortstr`. */
const longestShortText = 255
/** Bytes of all headers: amqplib encodes 64 kB, and the tools show 32 kB of them. */
const headerRoom = 24 * 1024
/** How deep the tools show them. */
const deepest = 32
/** RabbitMQ sends a message to the queues that these name, too. */
const routing = new Set(['CC', 'BCC'])

/** RabbitMQ closes the channel for somebody else's user or direct reply, and a letter must not expire. */
const never = ['userId', 'replyTo', 'expiration'] as const

/** The options that publish a message again, as far as they can be carried. `left` names what can't be. */
export function copiedOptions(properties: ForeignProperties) {
  const left: string[] = never.filter((name) => typeof properties[name] === 'string')
  const text = (name: keyof ForeignProperties): string | undefined => {
    const value = properties[name]
    if (typeof value !== 'string') return undefined
    if (Buffer.byteLength(value) <= longestShortText) return value
    left.push(name)
    return undefined
  }
  const messageId = text('messageId') ?? randomUUID()
  const texts = Object.fromEntries(textNames.map((name) => [name, text(name)]))
  const { timestamp } = properties
  const options = {
    messageId,
    ...texts,
    ...(isCount(timestamp) && { timestamp }),
    headers: copiedHeaders(properties.headers, left),
    persistent: true,
    mandatory: true,
  }
  return { options, left }
}

function copiedHeaders(headers: unknown, left: string[]): Record<string, unknown> {
  const copier = new Copier(headerRoom)
  const entries: [string, unknown][] = []
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) continue
    const before = copier.room
    const copy = routing.has(name) ? undefined : copier.entry(name, value, 1)
    if (copy !== undefined && copier.room >= 0) {
      entries.push([name, copy])
    } else {
      copier.room = before
      left.push(name)
    }
  }
  return Object.fromEntries(entries)
}

/** Copies values as amqplib can encode them, undefined for others, and counts the bytes that they take. */
class Copier {
  room: number

  constructor(room: number) {
    this.room = room
  }

  entry(name: string, value: unknown, depth: number): unknown {
    const length = Buffer.byteLength(name)
    this.room -= 1 + length
    return length > longestShortText ? undefined : this.#value(headerValue(value), depth)
  }

  #value(value: unknown, depth: number): unknown {
    this.room -= sizeOf(value)
    if (this.room < 0) return undefined
    if (typeof value === 'number') return encodableNumber(value)
    if (typeof value !== 'object')
      return typeof value === 'string' || typeof value === 'boolean' ? value : undefined
    if (value === null || Buffer.isBuffer(value)) return value
    if (Object.hasOwn(value, '!')) return isTyped(value) ? value : undefined
    if (depth > deepest) return undefined
    return Array.isArray(value) ? this.#array(value, depth + 1) : this.#table(value, depth + 1)
  }

  #array(values: unknown[], depth: number): unknown[] | undefined {
    const copies: unknown[] = []
    for (const value of values) {
      const copy = this.#value(headerValue(value), depth)
      if (copy === undefined) return undefined
      copies.push(copy)
    }
    return copies
  }

  #table(table: object, depth: number): object | undefined {
    const entries: [string, unknown][] = []
    for (const [name, value] of Object.entries(table)) {
      const copy = this.entry(name, value, depth)
      if (copy === undefined) return undefined
      entries.push([name, copy])
    }
    return Object.fromEntries(entries)
  }
}

/** Bytes on the wire at most, without what a list or a table holds. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 5 + Buffer.byteLength(value)
  return Buffer.isBuffer(value) ? 5 + value.length : 9
}

/** amqplib takes large numbers for integers of 64 bits and fails where they are none. */
function encodableNumber(value: number): unknown {
  if (Number.isSafeInteger(value) || Math.abs(value) < 2 ** 50) return value
  return Number.isFinite(value) ? { '!': 'double', value } : undefined
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** How amqplib marks the types that JavaScript lacks; a table of somebody else may look the same. */
function isTyped(table: object): boolean {
  const { '!': type, value } = table as { '!': unknown; value?: unknown }
  if (type === 'timestamp') return isCount(value)
  if (type !== 'decimal' || typeof value !== 'object' || value === null) return false
  const { places, digits } = value as { places?: unknown; digits?: unknown }
  return isCount(places) && places < 2 ** 8 && isCount(digits) && digits < 2 ** 32
}
