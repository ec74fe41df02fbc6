import amqp from 'amqplib'
import { Redis } from 'ioredis'
import { runSql } from '../../tests/support/test-database.ts'

/** Where the real services are. */
export interface ServiceUrls {
  database: string
  redis: string
  rabbitmq: string
}

/** The versions of the services, as they tell them themselves. */
export async function serviceVersions(urls: ServiceUrls) {
  return {
    postgresql: await postgresqlVersion(urls.database),
    redis: await redisVersion(urls.redis),
    rabbitmq: await rabbitmqVersion(urls.rabbitmq),
  }
}

async function postgresqlVersion(url: string): Promise<string> {
  const [row] = await runSql<{ server_version: string }>(url, 'show server_version')
  return row?.server_version.split(' ')[0] ?? 'unknown'
}

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url)
  try {
    return /^redis_version:(.*?)\r?$/m.exec(await redis.info('server'))?.[1] ?? 'unknown'
  } finally {
    redis.disconnect()
  }
}

async function rabbitmqVersion(url: string): Promise<string> {
  const connection = await amqp.connect(url)
  connection.on('error', () => {})
  const { version } = connection.connection.serverProperties as { version?: string }
  await connection.close()
  return version ?? 'unknown'
}
