import { queues } from '@stockroom/messaging/topology'
import amqp, { type Channel } from 'amqplib'
import pg from 'pg'
import type { OwnEnvironment } from '../services/own-services.ts'
import type { Books } from './contender.ts'

/** The books of a shop: an order is pending until it is confirmed or rejected. */
export async function shopBooks(environment: OwnEnvironment): Promise<Books> {
  const { count, queued } = await reader(environment, Object.keys(queues))
  return {
    stored: () => count('select count(*) from orders.orders'),
    pending: () => count(`select count(*) from orders.orders where status = 'pending'`),
    queued,
  }
}

/** The books of the Fastify service: an order is pending until its message is taken out of the queue. */
export async function fastifyBooks(environment: OwnEnvironment, queue: string): Promise<Books> {
  const { count, queued } = await reader(environment, [queue])
  return { stored: () => count('select count(*) from orders'), pending: queued, queued }
}

/** Its connections end with the database and the virtual host. */
async function reader({ DATABASE_URL, RABBITMQ_URL }: OwnEnvironment, queueNames: readonly string[]) {
  const client = new pg.Client(DATABASE_URL)
  client.on('error', () => {})
  await client.connect()
  const connection = await amqp.connect(RABBITMQ_URL)
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  return {
    count: async (sql: string) => Number((await client.query<{ count: string }>(sql)).rows[0]?.count),
    queued: () => messagesIn(channel, queueNames),
  }
}

async function messagesIn(channel: Channel, queueNames: readonly string[]): Promise<number> {
  const counts = await Promise.all(queueNames.map((name) => channel.checkQueue(name)))
  return counts.reduce((sum, { messageCount }) => sum + messageCount, 0)
}
