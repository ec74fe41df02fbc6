import type { Domain } from '@stockroom/database/connection'
import { configuration } from '@stockroom/runtime/configuration'
import { processPolicy } from '@stockroom/runtime/process-policy'
import { Cache, type CacheOptions } from './cache.ts'
import { LocalTier } from './local-tier.ts'
import { redisConnection } from './redis-connection.ts'
import { RedisTier } from './redis-tier.ts'
import { redisUrl } from './redis-url.ts'
import type { Tier } from './tier.ts'
import { broadcastUpdate, receiveUpdates } from './updates.ts'

type Source<Value> = Omit<CacheOptions<Value>, 'tiers' | 'broadcast'> & {
  /** Whose values they are, and in whose Redis. */
  domain: Domain
}

/**
 * A cache in two tiers: in this process, a second at most, and in Redis. Other instances hear of a new value at once.
 * Without a Redis of its domain the tier in this process works alone.
 */
export function twoTierCache<Value>(source: Source<Value>): Cache<Value> {
  const tiers = once(() => {
    const local = new LocalTier()
    if (!redisUrl(source.domain)) return [local]
    // A process that stands still hears nothing, and one connection is enough for each of a thousand.
    if (processPolicy().hearsCacheUpdates) receiveUpdates(source.domain, local)
    return [local, inRedis(source.domain)]
  })
  return new Cache({
    ...source,
    tiers,
    broadcast: async (key, stored) => {
      if (redisUrl(source.domain)) await broadcastUpdate(source.domain, key, stored)
    },
  })
}

/**
 * A cache in Redis alone, for values that must be the same for every instance at every moment. Without a Redis of
 * its domain it is in this process.
 */
export function sharedCache<Value>(source: Source<Value>): Cache<Value> {
  const { domain } = source
  return new Cache({ ...source, tiers: once(() => [redisUrl(domain) ? inRedis(domain) : new LocalTier()]) })
}

const inRedis = (domain: Domain) =>
  new RedisTier(() => redisConnection(domain), configuration().cacheTtlSeconds)

/** Puts the reading of the configuration off until the first use. */
function once(create: () => Tier[]): () => Tier[] {
  let tiers: Tier[] | undefined
  return () => {
    tiers ??= create()
    return tiers
  }
}
