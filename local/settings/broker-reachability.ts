import { brokerCredentials } from '@stockroom/messaging/broker-credentials'
import { declareTopology, eventExchange, queues } from '@stockroom/messaging/topology'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { answerWithinMs } from './answer-limit.ts'

/** The emulator's channels and those that publish are open at the same time. */
const channelsOfAShop = 4

/** Connects once and leaves again. */
export async function connectToRabbitMq(url: string): Promise<void> {
  const connection = await openRabbitMq(url)
  await connection.close()
}

async function openRabbitMq(url: string): Promise<ChannelModel> {
  const connection = await amqp.connect(url, { timeout: answerWithinMs, credentials: brokerCredentials(url) })
  connection.on('error', () => {}) // the operation under way rejects with the same reason
  return connection
}

/**
 * Does once what a shop does with its broker: it opens several channels, declares the queues, consumes from them and
 * publishes what no queue is bound to.
 * @throws what amqplib says of the first thing that this user may not do
 */
export async function tryBroker(url: string): Promise<void> {
  const connection = await openRabbitMq(url)
  try {
    const channels: Channel[] = []
    while (channels.length < channelsOfAShop) channels.push(await connection.createChannel())
    for (const channel of channels) channel.on('error', () => {})
    const [channel] = channels as [Channel]
    await declareTopology(channel)
    for (const queue of Object.keys(queues)) await requireReadable(connection, queue)
    await requireWritable(connection)
  } finally {
    await connection.close().catch(() => {})
  }
}

/** RabbitMQ looks at the rights before it looks at a priority, which must be a number: nothing is delivered. */
async function requireReadable(connection: ChannelModel, queue: string): Promise<void> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  const refusal = await channel
    .consume(queue, () => {}, { arguments: { 'x-priority': 'none' } })
    .catch((error) => error)
  if (isAccessRefused(refusal)) throw refusal
}

/** RabbitMQ looks at the right to an exchange when a message comes; one that no queue is bound to is dropped. */
async function requireWritable(connection: ChannelModel): Promise<void> {
  const channel = await connection.createConfirmChannel()
  const refused = new Promise<never>((_, reject) => channel.on('error', reject))
  channel.publish(eventExchange, 'stockroom.check', Buffer.alloc(0))
  await Promise.race([channel.waitForConfirms(), refused])
}

const isAccessRefused = (error: unknown) => error instanceof Error && error.message.includes('ACCESS_REFUSED')
