import { configuration } from '@stockroom/runtime/configuration'
import { redisConnection } from './redis-connection.ts'

/** Whether Redis answers and takes what is written to it; without REDIS_URL the cache is in process, and up. */
export async function cacheAnswers(): Promise<boolean> {
  if (!configuration().redisUrl) return true
  const { redis, tried } = redisConnection()
  await tried
  try {
    await redis.set('health', 'written', 'EX', 10)
    return true
  } catch {
    return false
  }
}
