import { afterAll, beforeAll } from '@jest/globals'
import { Redis } from 'ioredis'
import type { OwnServices } from './own-services.ts'

/** A client of the suite's own keys in Redis, to look at the cache from outside. */
export class RedisClient {
  readonly #own: OwnServices
  #redis: Redis | undefined

  private constructor(own: OwnServices) {
    this.#own = own
  }

  /** Connects it before the suite's tests and closes it after them. */
  static of(own: OwnServices): RedisClient {
    const client = new RedisClient(own)
    beforeAll(() => {
      client.#redis = new Redis(own.redisUrl)
    })
    afterAll(() => client.redis.disconnect())
    return client
  }

  get redis(): Redis {
    return this.#redis as Redis
  }

  stored(key: string): Promise<string | null> {
    return this.redis.get(this.#own.cachePrefix + key)
  }

  /** Whether a read has left its copy in Redis, to be found by others: a busy machine may give the write up. */
  async isCopied(key: string, read: () => Promise<unknown>): Promise<boolean> {
    await read()
    return String(await this.stored(key)).includes('"value"')
  }
}
