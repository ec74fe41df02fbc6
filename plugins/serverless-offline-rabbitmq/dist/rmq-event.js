import { displayTime, headerTable } from './rmq-headers.js';
/**
 * Converts deliveries of one queue into the event that Lambda makes of them.
 *
 * @example
 * const source = { eventSourceArn: 'arn:aws:mq:…', queue: 'pizzaQueue', virtualHost: '/' }
 * await handler(toRmqEvent(source, [await channel.get('pizzaQueue')]))
 */
export function toRmqEvent(source, deliveries) {
    return rmqEventOf(source, deliveries.map(toRmqMessage));
}
/** The event that holds these messages. */
export function rmqEventOf({ eventSourceArn, queue, virtualHost }, messages) {
    return {
        eventSource: 'aws:rmq',
        eventSourceArn,
        rmqMessagesByQueue: { [`${queue}::${virtualHost}`]: messages },
    };
}
/** Converts one delivery. */
export function toRmqMessage({ content, fields, properties }) {
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
    };
}
