import { log } from '@stockroom/runtime/logger'
import type { Redis } from 'ioredis'
import { isStored, type Stored, type Tier } from './cache.ts'
import type { RedisConnection } from './redis-connection.ts'
import { reconnectAfterSilence } from './silent-link.ts'

/** Entries begin with their version, so that the scripts needn't parse the rest. */
const readVersion = `
local stored = redis.call('get', KEYS[1])
local version = stored and tonumber(string.match(stored, '^{"version":(%d+)')) or 0
`
const writeUnlessOlder = `${readVersion}
if version > tonumber(ARGV[1]) then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'ex', ARGV[3])
return 1`
const raiseVersion = `${readVersion}
redis.call('set', KEYS[1], string.format('{"version":%d}', version + 1), 'ex', ARGV[1])
return 1`

/** A raised version outlives every load that began before it. */
const shortestMarkSeconds = 10

/** The entry that a text in Redis stands for; undefined for what somebody else has written there. */
function parseStored(text: string): Stored | undefined {
  try {
    const stored = JSON.parse(text)
    return isStored(stored) ? stored : undefined
  } catch {
    return undefined
  }
}

/** The tier in Redis, which all instances share. While Redis is away it knows nothing and keeps nothing, at once. */
export class RedisTier implements Tier {
  readonly #connection: () => RedisConnection
  readonly #ttlSeconds: number

  constructor(connection: () => RedisConnection, ttlSeconds: number) {
    this.#connection = connection
    this.#ttlSeconds = ttlSeconds
  }

  async read(key: string): Promise<Stored | undefined> {
    const text = await this.#attempt((redis) => redis.get(key))
    return text ? parseStored(text) : undefined
  }

  async write(key: string, { version, value }: Stored): Promise<void> {
    const text = JSON.stringify({ version, value })
    await this.#attempt((redis) => redis.eval(writeUnlessOlder, 1, key, version, text, this.#ttlSeconds))
  }

  async invalidate(key: string): Promise<void> {
    const markSeconds = Math.max(this.#ttlSeconds, shortestMarkSeconds)
    await this.#attempt((redis) => redis.eval(raiseVersion, 1, key, markSeconds))
  }

  async #attempt<Result>(command: (redis: Redis) => Promise<Result>): Promise<Result | undefined> {
    const { redis, tried } = this.#connection()
    await tried
    if (redis.status !== 'ready') return undefined
    try {
      return await command(redis)
    } catch (error) {
      log.debug({ err: error }, 'redis did not answer')
      reconnectAfterSilence(redis, error)
      return undefined
    }
  }
}
