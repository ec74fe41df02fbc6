import { log } from '@stockroom/runtime/logger'
import type { Redis } from 'ioredis'
import { reconnectAfterSilence } from './half-open-connection.ts'
import type { RedisConnection } from './redis-connection.ts'
import { isStored, longestLoadMs, type Stored, type Tier } from './tier.ts'

/**
 * Entries begin with their version and their database, so that the scripts needn't parse the rest. What doesn't begin
 * so, or has a version that no row ever has, is somebody else's and counts for nothing.
 */
const readPresent = `
local present = redis.call('get', KEYS[1]) or ''
local digits, database = string.match(present, '^{"version":(%d+),"database":"([^"]*)"')
local version = tonumber(digits or 0)
if version > ${Number.MAX_SAFE_INTEGER - 1} then version = 0 end
`
const writeUnlessOlder = `${readPresent}
if database == ARGV[2] and version > tonumber(ARGV[1]) then return 0 end
redis.call('set', KEYS[1], ARGV[3], 'ex', ARGV[4])
return 1`
/** Counts on over copies of another database, so that no load of before finds its version again. */
const raiseVersion = `${readPresent}
redis.call('set', KEYS[1], string.format('{"version":%d,"database":"%s"}', version + 1, ARGV[1]), 'ex', ARGV[2])
return 1`

/** A raised version outlives every load that began before it and may still be kept. */
const shortestMarkSeconds = (2 * longestLoadMs) / 1000
/** How many failed invalidations are remembered. */
const maxOwed = 10_000

/** The entry that a text in Redis stands for; undefined for what somebody else has written there. */
function parseStored(text: string): Stored | undefined {
  try {
    const stored = JSON.parse(text)
    return isStored(stored) ? stored : undefined
  } catch {
    return undefined
  }
}

/**
 * The tier in Redis, which all instances share. While Redis is away it knows nothing and keeps nothing, at once. An
 * entry that could not be invalidated is not read before that has been made good; other instances can't know of it.
 */
export class RedisTier implements Tier {
  readonly #connection: () => RedisConnection
  readonly #ttlSeconds: number
  readonly #owed = new Map<string, string>()

  constructor(connection: () => RedisConnection, ttlSeconds: number) {
    this.#connection = connection
    this.#ttlSeconds = ttlSeconds
  }

  async read(key: string): Promise<Stored | undefined> {
    const owedTo = this.#owed.get(key)
    if (owedTo !== undefined && !(await this.invalidate(key, owedTo))) return undefined
    const text = await this.#attempt((redis) => redis.get(key))
    return text ? parseStored(text) : undefined
  }

  async write(key: string, { version, database, value }: Stored): Promise<void> {
    const text = JSON.stringify({ version, database, value })
    await this.#attempt((redis) =>
      redis.eval(writeUnlessOlder, 1, key, version, database, text, this.#ttlSeconds),
    )
  }

  /** Resolves to whether Redis has done it. */
  async invalidate(key: string, database: string): Promise<boolean> {
    const markSeconds = Math.max(this.#ttlSeconds, shortestMarkSeconds)
    const raised = await this.#attempt((redis) => redis.eval(raiseVersion, 1, key, database, markSeconds))
    this.#owed.delete(key)
    if (raised) return true
    this.#owed.set(key, database)
    if (this.#owed.size > maxOwed) this.#owed.delete(this.#owed.keys().next().value as string)
    return false
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
