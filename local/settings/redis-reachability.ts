import type { Configuration } from '@stockroom/runtime/configuration'
import { Redis } from 'ioredis'
import { answerWithinMs } from './answer-limit.ts'

/** A cluster spreads them, so that one of its nodes refuses some. */
const sampleKeys = ['health', '1', '2', '3', '4', '5', '6', '7']

/**
 * Does once what the cache does with Redis: it selects the database of the URL, reads, writes, runs a script, publishes and
 * subscribes. What may pass, such as a full memory, is no reason to refuse.
 * @throws Error that says what is wrong or missing
 */
export async function connectToRedis(url: string, { cachePrefix }: Configuration): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: answerWithinMs,
    retryStrategy: null,
    keyPrefix: cachePrefix,
  })
  let reason: unknown
  redis.on('error', (error) => {
    reason = error
  })
  try {
    const database = takeDatabase(redis)
    await redis.connect()
    await redis.select(database)
    await useAsCache(redis, cachePrefix)
  } catch (error) {
    throw reason ?? error
  } finally {
    redis.disconnect()
  }
}

/** ioredis stays in database 0 when the server refuses another one. */
function takeDatabase({ options }: Redis): number {
  const { db = 0 } = options
  if (!Number.isInteger(db) || db < 0)
    throw new Error('its path must be the number of a database, such as /0')
  options.db = 0
  return db
}

async function useAsCache(redis: Redis, prefix: string): Promise<void> {
  for (const key of sampleKeys) await orPassing(redis.get(key))
  await orPassing(redis.eval("return redis.call('get', KEYS[1])", 1, 'health'))
  await orPassing(redis.set('health', 'written', 'EX', 10))
  await orPassing(redis.publish(`${prefix}cache-updates`, ''))
  await orPassing(redis.subscribe(`${prefix}cache-updates`))
}

async function orPassing(command: Promise<unknown>): Promise<void> {
  const error = await command.then(
    () => undefined,
    (refusal: Error) => refusal,
  )
  const { message = '' } = error ?? {}
  if (/^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT)/.test(message))
    throw new Error('it is a node of a cluster, which the cache does not speak to')
  if (/NOPERM|can't run this command/.test(message)) throw error
}
