import { optionalUrl } from '@stockroom/runtime/configuration'
import { within } from '@stockroom/runtime/deadline'
import amqp from 'amqplib'
import { Redis } from 'ioredis'
import pg from 'pg'

const timeoutMs = 5000

const postgres = { protocols: ['postgres:', 'postgresql:'], connect: connectToPostgres }

const services: Record<string, { protocols: string[]; connect(url: string): Promise<void> }> = {
  DATABASE_URL: postgres,
  PRODUCTS_DATABASE_URL: postgres,
  ORDERS_DATABASE_URL: postgres,
  REDIS_URL: { protocols: ['redis:', 'rediss:'], connect: connectToRedis },
  RABBITMQ_URL: { protocols: ['amqp:', 'amqps:'], connect: connectToRabbitMq },
}

/**
 * Connects once to every service that the environment names.
 * @throws Error in one line that names the first variable that is no such URL or whose service doesn't answer
 */
export async function requireServices(environment: Record<string, string | undefined>): Promise<void> {
  for (const [variable, { protocols, connect }] of Object.entries(services)) {
    const url = optionalUrl(environment, variable, protocols)
    if (!url) continue
    try {
      await within(timeoutMs, connect(url))
    } catch (error) {
      throw new Error(`${variable} (${new URL(url).host}) can't be used: ${reasonOf(error)}`)
    }
  }
}

async function connectToPostgres(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => {})
  }
}

async function connectToRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: timeoutMs, retryStrategy: null })
  let reason: unknown
  redis.on('error', (error) => {
    reason = error
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    throw reason ?? error
  } finally {
    redis.disconnect()
  }
}

async function connectToRabbitMq(url: string): Promise<void> {
  const connection = await amqp.connect(url, { timeout: timeoutMs })
  await connection.close()
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  const message = error.message || (error as NodeJS.ErrnoException).code || error.name
  if (message.includes('ACCESS_REFUSED')) return 'the user name or the password is wrong'
  // All that amqplib says when the server closes the connection instead of opening it.
  if (message.includes('ConnectionOpenOk'))
    return 'there is no such virtual host, or this user may not use it'
  return message.split('\n', 1)[0] as string
}
