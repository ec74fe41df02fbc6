import { configuration } from '@stockroom/runtime/configuration'
import { redisConnection } from './redis-connection.ts'

/** Whether Redis answers; without REDIS_URL the cache is in process, and up. */
export async function cacheAnswers(): Promise<boolean> {
  if (!configuration().redisUrl) return true
  const { redis, tried } = redisConnection()
  await tried
  try {
    await redis.ping()
    return true
  } catch {
    return false
  }
}
