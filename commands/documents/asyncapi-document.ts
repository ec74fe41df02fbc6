import * as definitions from '@stockroom/messaging/events'
import { type EventDefinition, schemaVersion } from '@stockroom/messaging/events'
import {
  deadLetterExchange,
  deadLetterQueue,
  deadQueueArguments,
  eventExchange,
  isBound,
  queues,
  sourceQueueArguments,
} from '@stockroom/messaging/topology'

type Json = Record<string, unknown>

/** An event definition whose schema says what it is for. */
type DocumentedEvent = EventDefinition & { schema: { description: string; examples: object[] } }

const bindingVersion = '0.3.0'
const events = (Object.values(definitions) as unknown[]).filter(
  (value): value is DocumentedEvent => typeof value === 'object' && value !== null && 'schema' in value,
)
const reference = (path: string) => ({ $ref: `#/${path}` })
const channelOf = (name: string) => reference(`channels/${name}`)
const messageOf = (name: string) => reference(`components/messages/${name}`)
const table = <Item>(items: readonly Item[], entry: (item: Item) => [string, unknown]): Json =>
  Object.fromEntries(items.map(entry))

/** AMQP properties, for which AsyncAPI has no place of its own. */
const properties = {
  messageId:
    'What the message says, the same when it is told again: `<event>:<order id>`, or `<event>:<product id>:<version>`.',
  type: 'The name of the event, as the routing key.',
  timestamp: 'Seconds since 1970-01-01T00:00:00Z.',
  correlationId: 'The X-Request-Id of the request that the event follows from.',
  appId: 'stockroom',
}

const message = ({ name, schema }: DocumentedEvent) => ({
  name,
  title: name,
  summary: schema.description,
  contentType: 'application/json',
  headers: {
    type: 'object',
    properties: {
      'schema-version': { type: 'integer', const: schemaVersion, description: 'Absent means 1.' },
      traceparent: {
        type: 'string',
        pattern: '^00-[\\da-f]{32}-[\\da-f]{16}-[\\da-f]{2}$',
        description: 'The place of the event in a trace, as W3C Trace Context has it.',
      },
    },
  },
  payload: schema,
  examples: schema.examples.map((payload) => ({ payload })),
  bindings: { amqp: { contentEncoding: 'utf-8', messageType: name, bindingVersion } },
  'x-amqp-properties': properties,
})

/** An event on the exchange of all events, under its routing key. */
const eventChannel = ({ name, schema }: DocumentedEvent) => ({
  address: name,
  description: schema.description,
  messages: { [name]: messageOf(name) },
  bindings: {
    amqp: {
      is: 'routingKey',
      exchange: { name: eventExchange, type: 'topic', durable: true, autoDelete: false },
      bindingVersion,
    },
  },
})

/** `x-arguments` and `x-bindings` say what AsyncAPI has no words for. */
const queueChannel = (
  name: string,
  description: string,
  bound: readonly EventDefinition[],
  details: { arguments: Json; exchange: string; keys: string[] },
) => ({
  address: name,
  description,
  messages: table(bound, (event) => [event.name, messageOf(event.name)]),
  bindings: {
    amqp: {
      is: 'queue',
      queue: { name, durable: true, exclusive: false, autoDelete: false },
      bindingVersion,
      'x-arguments': details.arguments,
      'x-bindings': details.keys.map((routingKey) => ({ exchange: details.exchange, routingKey })),
    },
  },
})

const sourceQueues = Object.entries(queues) as [string, readonly EventDefinition[]][]

const sourceChannel = ([queue, bound]: (typeof sourceQueues)[number]): [string, unknown] => [
  queue,
  queueChannel(queue, 'Consumed by the shop, in batches.', bound, {
    arguments: sourceQueueArguments(queue),
    exchange: eventExchange,
    keys: bound.map(({ name }) => name),
  }),
]

const deadChannel = ([queue, bound]: (typeof sourceQueues)[number]): [string, unknown] => [
  deadLetterQueue(queue),
  queueChannel(deadLetterQueue(queue), 'Kept for a person; `npm run dead-letters` shows them.', bound, {
    arguments: deadQueueArguments,
    exchange: deadLetterExchange,
    keys: [deadLetterQueue(queue)],
  }),
]

const send = ({ name }: EventDefinition): [string, unknown] => [
  `send.${name}`,
  {
    action: 'send',
    channel: channelOf(name),
    summary: isBound(name)
      ? 'Confirmed by the broker, and mandatory: a queue of the shop is bound to it.'
      : 'Confirmed by the broker; a public fact that nobody need be bound to.',
    bindings: { amqp: { deliveryMode: 2, mandatory: isBound(name), timestamp: true, bindingVersion } },
  },
]

const receive = ([queue]: (typeof sourceQueues)[number]): [string, unknown] => [
  `receive.${queue}`,
  { action: 'receive', channel: channelOf(queue), bindings: { amqp: { ack: true, bindingVersion } } },
]

/**
 * The AsyncAPI 3 document of the shop's events, from the definitions that publish and check them.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export const asyncApiDocument = {
  asyncapi: '3.0.0',
  info: {
    title: 'Stockroom events',
    version: '0.1.0',
    description: 'What the shop tells of over RabbitMQ. Consumers ignore members that they don’t know.',
    license: { name: 'MIT' },
  },
  defaultContentType: 'application/json',
  servers: {
    local: { host: 'localhost:5672', protocol: 'amqp', description: 'RABBITMQ_URL names another one.' },
  },
  channels: {
    ...table(events, (event) => [event.name, eventChannel(event)]),
    ...table(sourceQueues, sourceChannel),
    ...table(sourceQueues, deadChannel),
  },
  operations: { ...table(events, send), ...table(sourceQueues, receive) },
  components: { messages: table(events, (event) => [event.name, message(event)]) },
}
