import { configuration } from '@stockroom/runtime/configuration'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { Cache, type CacheOptions } from './cache.ts'
import { LocalTier } from './local-tier.ts'
import { redisConnection } from './redis-connection.ts'
import { RedisTier } from './redis-tier.ts'
import type { Tier } from './tier.ts'
import { broadcastUpdate, receiveUpdates } from './updates.ts'

type Source<Value> = Omit<CacheOptions<Value>, 'tiers' | 'broadcast'>

/**
 * A cache in two tiers: in this process, a second at most, and in Redis. Other instances hear of a new value at once.
 * Without REDIS_URL the tier in this process works alone.
 */
export function twoTierCache<Value>(source: Source<Value>): Cache<Value> {
  const tiers = once(() => {
    const local = new LocalTier()
    if (!configuration().redisUrl) return [local]
    // A process that stands still hears nothing, and one connection is enough for each of a thousand.
    if (!freezesAfterAnswer()) receiveUpdates(local)
    return [local, inRedis()]
  })
  return new Cache({
    ...source,
    tiers,
    broadcast: async (key, stored) => {
      if (configuration().redisUrl) await broadcastUpdate(key, stored)
    },
  })
}

/**
 * A cache in Redis alone, for values that must be the same for every instance at every moment. Without REDIS_URL it is
 * in this process.
 */
export function sharedCache<Value>(source: Source<Value>): Cache<Value> {
  return new Cache({ ...source, tiers: once(() => [configuration().redisUrl ? inRedis() : new LocalTier()]) })
}

const inRedis = () => new RedisTier(redisConnection, configuration().cacheTtlSeconds)

/** Puts the reading of the configuration off until the first use. */
function once(create: () => Tier[]): () => Tier[] {
  let tiers: Tier[] | undefined
  return () => {
    tiers ??= create()
    return tiers
  }
}
