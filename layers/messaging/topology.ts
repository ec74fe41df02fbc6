import type { Channel } from 'amqplib'
import { orderCancelled, orderCreated, stockReduced, stockRejected, stockReturned } from './events.ts'

/** The topic exchange of all events. */
export const eventExchange = 'shop.events'

/** The direct exchange of messages that could not be handled; its routing keys are the names of the dead queues. */
export const deadLetterExchange = 'shop.dead-letters'

/** Who listens to what: each queue with the events that are bound to it. */
export const queues = {
  'stock-reduction': [orderCreated],
  'order-settlement': [stockReduced, stockRejected, stockReturned],
  'stock-return': [orderCancelled],
}

/** The queue that keeps what `queue` could not handle, and the routing key that leads there. */
export const deadLetterQueue = (queue: string): string => `${queue}.dead`

const boundEvents = new Set<string>(Object.values(queues).flatMap((events) => events.map(({ name }) => name)))

/** Whether some queue needs this event, so that it must not get lost for want of a binding. */
export const isBound = (eventName: string): boolean => boundEvents.has(eventName)

/** Failed deliveries of one message before RabbitMQ dead-letters it: more than an hour's outage costs. */
const deliveryLimit = 100

/**
 * Declares the exchanges, queues and bindings of the shop; what is there already stays as it is.
 * @throws when a queue or exchange of that name has other properties (406 PRECONDITION_FAILED)
 */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertExchange(eventExchange, 'topic', { durable: true })
  await channel.assertExchange(deadLetterExchange, 'direct', { durable: true })
  for (const [queue, events] of Object.entries(queues)) {
    const deadQueue = deadLetterQueue(queue)
    await channel.assertQueue(deadQueue, { durable: true, arguments: deadQueueArguments })
    await channel.bindQueue(deadQueue, deadLetterExchange, deadQueue)
    await channel.assertQueue(queue, { durable: true, arguments: sourceQueueArguments(queue) })
    for (const { name } of events) await channel.bindQueue(queue, eventExchange, name)
  }
}

/** Dead letters may be looked at any number of times; RabbitMQ 4 drops a message after 20 deliveries by default. */
export const deadQueueArguments = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 }

/** https://www.rabbitmq.com/docs/quorum-queues: at-least-once dead-lettering needs `reject-publish`. */
export const sourceQueueArguments = (queue: string) => ({
  'x-queue-type': 'quorum',
  'x-delivery-limit': deliveryLimit,
  'x-dead-letter-exchange': deadLetterExchange,
  'x-dead-letter-routing-key': deadLetterQueue(queue),
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
})
