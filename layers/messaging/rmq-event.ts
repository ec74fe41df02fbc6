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

/** A header as a string or number: strings come as `{ bytes: [...] }`, whose bytes may be signed. */
export function headerValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return value
  const bytes = value.bytes as number[]
  // A short text in ASCII, as most headers are, comes ten times as fast without a buffer.
  if (Array.isArray(bytes) && bytes.length <= 128 && bytes.every(isAscii))
    return String.fromCharCode(...bytes)
  return Buffer.from(Int8Array.from(bytes).buffer).toString('utf8')
}

const isAscii = (byte: number): boolean => byte >= 0 && byte < 128
