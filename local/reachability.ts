import { connectionOptions } from '@stockroom/database/connection'
import { prepareSession, sessionSettings } from '@stockroom/database/session-settings'
import { type Configuration, optionalUrl, readConfiguration } from '@stockroom/runtime/configuration'
import { within } from '@stockroom/runtime/deadline'
import amqp from 'amqplib'
import { Redis } from 'ioredis'
import pg from 'pg'

const timeoutMs = 5000

const postgres = { protocols: ['postgres:', 'postgresql:'], connect: connectToPostgres }

const services: Record<
  string,
  { protocols: string[]; connect(url: string, settings: Configuration): Promise<void> }
> = {
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
  const settings = readConfiguration(environment)
  for (const [variable, { protocols, connect }] of Object.entries(services)) {
    const url = optionalUrl(environment, variable, protocols)
    if (!url) continue
    try {
      await within(timeoutMs, connect(url, settings))
    } catch (error) {
      throw new Error(`${variable} (${new URL(url).host}) can't be used: ${reasonOf(error)}`)
    }
  }
}

/** Twice, and with a prepared statement, as the pool does it: a pooler may lend both the same session. */
async function connectToPostgres(
  url: string,
  { databasePoolMode, databaseTimeoutMs }: Configuration,
): Promise<void> {
  const limits = { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs }
  const clients = [1, 2].map(() => new pg.Client({ ...connectionOptions(url), ...limits }))
  const keepsSessions = databasePoolMode === 'session'
  try {
    for (const client of clients) {
      client.on('error', () => {}) // the query under way rejects with the same reason
      await client.connect()
      if (keepsSessions) await prepareSession(client, sessionSettings(databaseTimeoutMs))
      await client.query({
        name: keepsSessions ? 'stockroom-check' : undefined,
        text: 'select $1',
        values: [1],
      })
    }
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})))
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
  if (/prepared statement .* (already exists|does not exist)/.test(message))
    return 'a pooler between lends each transaction another session; set DATABASE_POOL_MODE=transaction'
  if (message.includes('ACCESS_REFUSED')) return 'the user name or the password is wrong'
  // All that amqplib says when the server closes the connection instead of opening it.
  if (message.includes('ConnectionOpenOk'))
    return 'there is no such virtual host, or this user may not use it'
  return message.split('\n', 1)[0] as string
}
