import type { ConsumeMessage } from 'amqplib'
import { displayTime, headerTable, type RmqHeaders } from './rmq-headers.ts'

/** The event that Lambda hands to a function for RabbitMQ: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export type RmqEvent = {
  eventSource: 'aws:rmq'
  eventSourceArn: string
  /** By `<queue>::<virtual host>`; `queue::/` for the default virtual host. */
  rmqMessagesByQueue: Record<string, RmqMessage[]>
}

export type RmqMessage = {
  basicProperties: RmqBasicProperties
  redelivered: boolean
  /** The body in base64. */
  data: string
}

/** Properties that the publisher left out are null. */
export type RmqBasicProperties = {
  contentType: string | null
  contentEncoding: string | null
  headers: RmqHeaders | null
  deliveryMode: number | null
  priority: number | null
  correlationId: string | null
  replyTo: string | null
  /** Milliseconds, as a string. */
  expiration: string | null
  messageId: string | null
  /** A display string in UTC, such as `Jan 1, 1970, 12:33:41 AM`. */
  timestamp: string | null
  type: string | null
  userId: string | null
  appId: string | null
  clusterId: string | null
  /** Bytes of the body before base64. */
  bodySize: number
}

/** A message as amqplib delivers it. */
export type Delivery = Pick<ConsumeMessage, 'content' | 'properties'> & { fields: { redelivered?: boolean } }
/** Where the messages of an event come from. */
export type EventSource = { eventSourceArn: string; queue: string; virtualHost: string }

/**
 * Converts deliveries of one queue into the event that Lambda makes of them.
 *
 * @example
 * const source = { eventSourceArn: 'arn:aws:mq:…', queue: 'pizzaQueue', virtualHost: '/' }
 * await handler(toRmqEvent(source, [await channel.get('pizzaQueue')]))
 */
export function toRmqEvent(source: EventSource, deliveries: Delivery[]): RmqEvent {
  return rmqEventOf(source, deliveries.map(toRmqMessage))
}

/** The event that holds these messages. */
export function rmqEventOf(
  { eventSourceArn, queue, virtualHost }: EventSource,
  messages: RmqMessage[],
): RmqEvent {
  return {
    eventSource: 'aws:rmq',
    eventSourceArn,
    rmqMessagesByQueue: { [`${queue}::${virtualHost}`]: messages },
  }
}

/** Converts one delivery. */
export function toRmqMessage({ content, fields, properties }: Delivery): RmqMessage {
  return {
    basicProperties: {
      contentType: properties.contentType ?? null,
      contentEncoding: properties.contentEncoding ?? null,
      headers: properties.headers ? headerTable(properties.headers) : null,
      deliveryMode: properties.deliveryMode ?? null,
      priority: properties.priority ?? null,
      correlationId: properties.correlationId ?? null,
      replyTo: properties.replyTo ?? null,
      expiration: properties.expiration ?? null,
      messageId: properties.messageId ?? null,
      timestamp: properties.timestamp == null ? null : displayTime(properties.timestamp),
      type: properties.type ?? null,
      userId: properties.userId ?? null,
      appId: properties.appId ?? null,
      clusterId: properties.clusterId ?? null,
      bodySize: content.length,
    },
    redelivered: fields.redelivered === true,
    data: content.toString('base64'),
  }
}
