import amqp from 'amqplib'
import { Redis } from 'ioredis'
import { runSql } from './databases.ts'

/** Where the real services are. */
export interface ServiceUrls {
  database: string
  redis: string
  rabbitmq: string
}

/** The versions of the services, as they tell them themselves. */
export async function serviceVersions({ database, redis, rabbitmq }: ServiceUrls): Promise<string[]> {
  const [row] = await runSql<{ server_version: string }>(database, 'show server_version')
  return [
    `PostgreSQL ${row?.server_version.split(' ')[0]}`,
    `Redis ${await redisVersion(redis)}`,
    `RabbitMQ ${await rabbitmqVersion(rabbitmq)}`,
  ]
}

async function redisVersion(url: string): Promise<string | undefined> {
  const redis = new Redis(url)
  const about = await redis.info('server').finally(() => redis.disconnect())
  return /^redis_version:(.*?)\r?$/m.exec(about)?.[1]
}

async function rabbitmqVersion(url: string): Promise<string | undefined> {
  const model = await amqp.connect(url)
  await model.close()
  return (model.connection.serverProperties as { version?: string }).version
}
