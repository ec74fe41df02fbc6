import amqp from 'amqplib'
import { Redis } from 'ioredis'
import pg from 'pg'

const timeoutMs = 5000

type Probe = (url: string) => Promise<void>

const probes: Record<string, Probe> = {
  DATABASE_URL: probePostgres,
  PRODUCTS_DATABASE_URL: probePostgres,
  ORDERS_DATABASE_URL: probePostgres,
  REDIS_URL: probeRedis,
  RABBITMQ_URL: probeRabbitMq,
}

/**
 * Connects once to every service that the environment names.
 * @throws Error in one line that names the first variable whose service doesn't answer, and the reason
 */
export async function requireServices(environment: Record<string, string | undefined>): Promise<void> {
  for (const [variable, probe] of Object.entries(probes)) {
    const url = environment[variable]
    if (!url) continue
    try {
      await probe(url)
    } catch (error) {
      throw new Error(`${variable} (${new URL(url).host}) can't be used: ${reasonOf(error)}`)
    }
  }
}

async function probePostgres(url: string): Promise<void> {
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

async function probeRedis(url: string): Promise<void> {
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

async function probeRabbitMq(url: string): Promise<void> {
  const connection = await amqp.connect(url, { timeout: timeoutMs })
  await connection.close()
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  return (error.message || (error as NodeJS.ErrnoException).code || error.name).split('\n', 1)[0] as string
}
