import type { Domain } from '@stockroom/database/connection'
import { type RedisConnection, redisConnection } from './redis-connection.ts'
import { redisUrl } from './redis-url.ts'

const domains: Domain[] = ['products', 'orders']

/**
 * Whether Redis answers and takes what is written to it, that of each domain where they have two; a cache in process is
 * up.
 */
export async function cacheAnswers(): Promise<boolean> {
  const connections = new Set(domains.filter(redisUrl).map(redisConnection))
  const answers = await Promise.all([...connections].map(takesWrites))
  return answers.every(Boolean)
}

async function takesWrites({ redis, tried }: RedisConnection): Promise<boolean> {
  await tried
  try {
    await redis.set('health', 'written', 'EX', 10)
    return true
  } catch {
    return false
  }
}
