/** The most that Lambda accepts as an event: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024

/**
 * The largest body that an Amazon MQ broker with RabbitMQ 4 takes, unless its `max_message_size` says otherwise:
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-limits-configuration.html
 */
export const AMAZON_MQ_MESSAGE_LIMIT = 512 * 1024

// Printable ASCII without quotation mark and backslash: one byte each in JSON.
const PLAIN = /^[ !#-[\]-~]*$/

/** The bytes of a value's JSON, counted without writing it. */
export function jsonSize(value: unknown): number {
  if (typeof value === 'string') return textSize(value)
  if (typeof value === 'number') return numberSize(value)
  if (typeof value === 'boolean') return value ? 4 : 5
  if (value === null || value === undefined) return 4
  return Array.isArray(value) ? arraySize(value) : objectSize(value as Record<string, unknown>)
}

/** The bytes of a header's text come one by one: those of ASCII have two or three digits. */
function numberSize(value: number): number {
  if (value >= 10 && value < 1000 && Number.isInteger(value)) return value < 100 ? 2 : 3
  return Number.isFinite(value) ? String(value).length : 4
}

function textSize(text: string): number {
  return PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text))
}

function arraySize(values: unknown[]): number {
  let size = Math.max(values.length + 1, 2)
  for (const value of values) size += jsonSize(value)
  return size
}

function objectSize(members: Record<string, unknown>): number {
  let size = 1
  for (const name of Object.keys(members)) size += textSize(name) + 2 + jsonSize(members[name])
  return Math.max(size, 2)
}
