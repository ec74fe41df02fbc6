import amqp from 'amqplib'
import pg from 'pg'
import type { OwnEnvironment } from '../services/own-services.ts'
import type { Books } from './target.ts'

/** The books of a shop: an order is pending until it is confirmed or rejected. */
export const shopBooks = (environment: OwnEnvironment): Promise<Books> =>
  booksOf('orders.orders', environment)

/** The books of the Fastify service that does the same job: its orders are settled as the shop's are. */
export const sameJobBooks = (environment: OwnEnvironment): Promise<Books> => booksOf('orders', environment)

/** The books of the Fastify service: an order is pending until its message is taken out of the queue. */
export async function fastifyBooks(environment: OwnEnvironment, queue: string): Promise<Books> {
  const count = await counter(environment)
  const connection = await amqp.connect(environment.RABBITMQ_URL)
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  return {
    stored: () => count('select count(*) from orders'),
    pending: async () => (await channel.checkQueue(queue)).messageCount,
    settledP99Ms: async () => Number.NaN,
  }
}

async function booksOf(table: string, environment: OwnEnvironment): Promise<Books> {
  const count = await counter(environment)
  return {
    stored: () => count(`select count(*) from ${table}`),
    pending: () => count(`select count(*) from ${table} where status = 'pending'`),
    settledP99Ms: (orders) =>
      count(
        `select extract(epoch from percentile_disc(0.99) within group (order by settled_at - created_at)) * 1000 as count
           from (select created_at, settled_at from ${table} order by id desc limit ${orders}) newest`,
      ),
  }
}

/** Its connection ends with the database. */
async function counter({ DATABASE_URL }: OwnEnvironment): Promise<(sql: string) => Promise<number>> {
  const client = new pg.Client(DATABASE_URL)
  client.on('error', () => {})
  await client.connect()
  return async (sql) => Number((await client.query<{ count: string }>(sql)).rows[0]?.count)
}
