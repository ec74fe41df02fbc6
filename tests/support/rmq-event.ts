import type { RmqEvent, RmqMessage } from '@stockroom/messaging/rmq-event'

interface Delivery extends Partial<RmqMessage['basicProperties']> {
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, in place of `body`. */
  text?: string
}

/** The bytes of a header that is a string, as Lambda hands it over. */
export const headerBytes = (text: string) => ({ bytes: [...new Int8Array(Buffer.from(text))] })

/** A `traceparent` of the trace with this number. */
export const traceparentOf = (number: number) => `00-${String(number).padStart(32, '0')}-b7ad6b7169203331-01`

/** One message as Lambda hands it to a consumer. */
export const rmqMessage = ({ body, text, ...properties }: Delivery = {}): RmqMessage => {
  const content = Buffer.from(text ?? JSON.stringify(body))
  return {
    basicProperties: {
      contentType: 'application/json',
      contentEncoding: null,
      headers: { 'schema-version': 1 },
      deliveryMode: 2,
      priority: null,
      correlationId: null,
      replyTo: null,
      expiration: null,
      messageId: null,
      timestamp: null,
      type: null,
      userId: null,
      appId: 'stockroom',
      clusterId: null,
      bodySize: content.length,
      ...properties,
    },
    redelivered: false,
    data: content.toString('base64'),
  }
}

/** A batch of one queue, as Lambda's event source mapping for RabbitMQ hands it over. */
export const rmqEvent = ({ queue, messages }: { queue: string; messages: Delivery[] }): RmqEvent => ({
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:stockroom:b-0',
  rmqMessagesByQueue: { [`${queue}::/`]: messages.map(rmqMessage) },
})
