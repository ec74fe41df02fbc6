import { configuration } from '@stockroom/runtime/configuration'
import { log } from '@stockroom/runtime/logger'
import { distrustSecrets } from '@stockroom/runtime/secrets'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { Redis } from 'ioredis'

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

let connection: (RedisConnection & { url: string | undefined }) | undefined

/** The process's one connection for commands; another one when the URL has changed with its password. */
export function redisConnection(): RedisConnection {
  const url = configuration().redisUrl
  if (connection?.url !== url) {
    connection?.redis.disconnect()
    connection = { ...openRedis('redis'), url }
  }
  return connection as RedisConnection
}

/** Opens a connection; `name` stands in the log when it is lost. */
export function openRedis(name: string): RedisConnection {
  const redis = new Redis(configuration().redisUrl as string, {
    keyPrefix: configuration().cachePrefix,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
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
    connection = undefined
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
