/**
 * The event of Lambda's event source mapping for RabbitMQ, as
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html shows it.
 */
export interface RmqEvent {
  eventSource: 'aws:rmq'
  eventSourceArn: string
  /** Key: `<queue>::<virtual host>`. */
  rmqMessagesByQueue: Record<string, RmqMessage[]>
}

export interface RmqMessage {
  basicProperties: {
    contentType: string | null
    contentEncoding: string | null
    headers: Record<string, unknown> | null
    deliveryMode: number | null
    priority: number | null
    correlationId: string | null
    replyTo: string | null
    expiration: string | null
    messageId: string | null
    timestamp: string | null
    type: string | null
    userId: string | null
    appId: string | null
    clusterId: string | null
    bodySize: number
  }
  redelivered: boolean
  /** Base64. */
  data: string
}

/** The queue of a key of `rmqMessagesByQueue`. */
export const queueOf = (key: string): string => key.slice(0, key.lastIndexOf('::'))

/** Bytes of a text at most. What RabbitMQ takes as the headers of a message is not longer. */
const longestText = 128 * 1024

/**
 * A header as a string or number: strings come as `{ bytes: [...] }`, whose bytes may be signed. A table that only looks
 * like one, which any publisher can send, stays what it is.
 */
export function headerValue(value: unknown): unknown {
  const bytes = bytesOf(value)
  if (!bytes || bytes.length > longestText) return value
  // A short text in ASCII, as most headers are, comes ten times as fast without a buffer.
  if (bytes.length <= 128 && bytes.every(isAscii)) return String.fromCharCode(...bytes)
  return bytes.every(isByte) ? Buffer.from(bytes).toString('utf8') : value
}

function bytesOf(value: unknown): number[] | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'bytes')) return undefined
  const { bytes } = value as { bytes: unknown }
  return Array.isArray(bytes) && Object.keys(value).length === 1 ? bytes : undefined
}

const isAscii = (byte: unknown): boolean => isByte(byte) && byte >= 0 && byte < 128

const isByte = (byte: unknown): byte is number =>
  Number.isInteger(byte) && (byte as number) >= -128 && (byte as number) < 256
