import type { Domain } from '@stockroom/database/connection'
import { configuration } from '@stockroom/runtime/configuration'
import { log } from '@stockroom/runtime/logger'
import { distrustSecrets } from '@stockroom/runtime/secrets'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { Redis } from 'ioredis'
import { redisUrl } from './redis-url.ts'

const connectTimeoutMs = 1000
const commandTimeoutMs = 250
/** A replica that stays one would otherwise be connected to again at every write. */
const reconnectAgainMs = 5000

/** A connection that never makes anybody wait: it fails at once while Redis is away, and reconnects by itself. */
export interface RedisConnection {
  redis: Redis
  /** Resolves when the first attempt to connect has succeeded or failed. */
  tried: Promise<void>
}

const connections = new Map<string, RedisConnection>()

/**
 * The process's one connection for commands to a domain's cache; domains that share a URL share it. Another one when the
 * URL has changed with its password.
 */
export function redisConnection(domain: Domain): RedisConnection {
  const url = redisUrl(domain) as string
  let connection = connections.get(url)
  if (!connection) {
    closeOldConnections()
    connection = openRedis('redis', domain)
    connections.set(url, connection)
  }
  return connection
}

function closeOldConnections(): void {
  for (const [url, { redis }] of connections) {
    if (url === redisUrl('products') || url === redisUrl('orders')) continue
    redis.disconnect()
    connections.delete(url)
  }
}

/** Opens a connection to a domain's cache; `name` stands in the log when it is lost. */
export function openRedis(name: string, domain: Domain): RedisConnection {
  const redis = new Redis(redisUrl(domain) as string, {
    keyPrefix: configuration().cachePrefix,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // While Redis is away ioredis waits it out for a stream that has long been closed, and keeps the process.
    disconnectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    // The commands of one turn of the event loop go out by one system call.
    enableAutoPipelining: true,
    // ioredis would subscribe again by a command whose failure nobody handles, and that ends a process.
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
    reconnectOnError: afterFailover(),
  })
  const tried = new Promise<void>((resolve) => {
    redis.once('ready', resolve)
    redis.once('close', resolve)
    setTimeout(resolve, connectTimeoutMs).unref()
  })
  logStateChanges(name, redis)
  onShutdown('close', async () => {
    connections.clear()
    redis.disconnect()
  })
  return { redis, tried }
}

/**
 * Whether an error says that the server has become a read-only replica: then its address leads to another one after a
 * failover. https://github.com/redis/ioredis#reconnect-on-error
 */
function afterFailover(): (error: Error) => boolean {
  let notBefore = 0
  return ({ message }) => {
    if (!message.includes('READONLY') || performance.now() < notBefore) return false
    notBefore = performance.now() + reconnectAgainMs
    return true
  }
}

function logStateChanges(name: string, redis: Redis): void {
  let isUp = true
  redis.on('ready', () => {
    if (!isUp) log.info(`${name} connection is back`)
    isUp = true
  })
  redis.on('error', (error) => {
    if (/^(WRONGPASS|NOAUTH)/.test(error.message)) distrustSecrets()
    if (isUp) log.warn({ err: error }, `${name} connection lost`)
    isUp = false
  })
}
