import type { Domain } from '@stockroom/database/connection'
import { configuration } from '@stockroom/runtime/configuration'
import { log } from '@stockroom/runtime/logger'
import { reconnectAfterSilence } from './half-open-connection.ts'
import type { LocalTier } from './local-tier.ts'
import { openRedis, redisConnection } from './redis-connection.ts'
import { isStored, type Stored } from './tier.ts'

/** Channels ignore Redis' database numbers, so the prefix keeps the shops on one server apart. */
const channel = () => `${configuration().cachePrefix}cache-updates`

/** Tells every instance that listens of a new value. Instances that don't hear it forget the old one in a second. */
export async function broadcastUpdate(domain: Domain, key: string, stored: Stored): Promise<void> {
  const { redis, tried } = redisConnection(domain)
  await tried
  if (redis.status !== 'ready') return
  await redis.publish(channel(), JSON.stringify({ key, stored })).catch((error) => {
    log.debug({ err: error }, 'redis did not answer')
  })
}

/**
 * Writes the values that other instances tell of into `local`; after a broken connection it forgets those that it
 * has, and not their versions. A connection that leaves the subscription unanswered is given up for another one.
 */
export function receiveUpdates(domain: Domain, local: LocalTier): void {
  const { redis } = openRedis('redis subscription', domain)
  redis.on('ready', () => {
    local.expire()
    redis.subscribe(channel()).catch((error) => {
      log.debug({ err: error }, 'redis did not answer')
      reconnectAfterSilence(redis, error)
    })
  })
  redis.on('message', (_channel: string, message: string) => {
    const update = parseUpdate(message)
    if (update) local.write(update.key, update.stored)
  })
}

function parseUpdate(message: string): { key: string; stored: Stored } | undefined {
  try {
    const { key, stored } = JSON.parse(message)
    return typeof key === 'string' && isStored(stored) ? { key, stored } : undefined
  } catch {
    return undefined // somebody else speaks on this channel
  }
}
