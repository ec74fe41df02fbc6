import { connectionOptions } from '@stockroom/database/connection'
import { prepareSession, sessionSettings } from '@stockroom/database/session-settings'
import { type Configuration, optionalUrl, readConfiguration } from '@stockroom/runtime/configuration'
import { within } from '@stockroom/runtime/deadline'
import pg from 'pg'
import { answerWithinMs } from './answer-limit.ts'
import { connectToRabbitMq, tryBroker } from './broker-reachability.ts'
import { connectToRedis } from './redis-reachability.ts'

const postgres = { protocols: ['postgres:', 'postgresql:'], connect: connectToPostgres }

const redis = { protocols: ['redis:', 'rediss:'], connect: connectToRedis }

const services: Record<
  string,
  { protocols: string[]; connect(url: string, settings: Configuration): Promise<void> }
> = {
  DATABASE_URL: postgres,
  PRODUCTS_DATABASE_URL: postgres,
  ORDERS_DATABASE_URL: postgres,
  REDIS_URL: redis,
  PRODUCTS_REDIS_URL: redis,
  ORDERS_REDIS_URL: redis,
  RABBITMQ_URL: { protocols: ['amqp:', 'amqps:'], connect: connectToRabbitMq },
}

/** Put over an environment, leaves the cache out, for commands that do without it. */
export const withoutCache = {
  REDIS_URL: undefined,
  PRODUCTS_REDIS_URL: undefined,
  ORDERS_REDIS_URL: undefined,
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
      await within(answerWithinMs, connect(url, settings))
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
  const limits = { connectionTimeoutMillis: answerWithinMs, query_timeout: answerWithinMs }
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

/**
 * Does once what a shop does with its broker: it opens several channels, declares the queues and consumes from them.
 * @throws Error in one line that names RABBITMQ_URL and what is missing
 */
export async function requireBrokerRights(url: string): Promise<void> {
  try {
    await within(answerWithinMs, tryBroker(url))
  } catch (error) {
    throw new Error(`RABBITMQ_URL (${new URL(url).host}) can't be used: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  const message = error.message || (error as NodeJS.ErrnoException).code || error.name
  if (/prepared statement .* (already exists|does not exist)/.test(message))
    return 'a pooler between lends each transaction another session; set DATABASE_POOL_MODE=transaction'
  if (/password must be a (non-empty )?string|^NOAUTH/.test(message))
    return 'the server wants a password, and the URL has none'
  const missingRight = /ACCESS_REFUSED - ((?:\w+ )?access to .*?)(?:"|$)/.exec(message)?.[1]
  if (missingRight) return `this user lacks a right, ${missingRight}`
  if (/No channels left/i.test(message)) return 'it allows too few channels; leave channelMax out'
  if (message.includes('ACCESS_REFUSED')) return 'the user name or the password is wrong'
  // All that amqplib says when the server closes the connection instead of opening it.
  if (message.includes('ConnectionOpenOk'))
    return 'there is no such virtual host, or this user may not use it'
  return message.split('\n', 1)[0] as string
}
