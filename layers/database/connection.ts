import { configuration, required } from '@stockroom/runtime/configuration'
import { onShutdown } from '@stockroom/runtime/shutdown'
import knex, { type Knex } from 'knex'
import type { Client } from 'pg'
import { BoundedPostgresClient } from './bounded-postgres-client.ts'
import { keepsSessions, lockTimeoutMs, prepareSession, sessionSettings } from './session-settings.ts'
import { typeParsers } from './type-parsers.ts'

/** A part of the shop that owns a PostgreSQL schema of the same name. */
export type Domain = 'products' | 'orders'

/** How long one waits at least for a connection; where statements may take longer, as long as for a lock. */
const leastConnectTimeoutMs = 1000
/** A live server cancels a slow statement by itself; one that doesn't answer at all is given up a little later. */
const silenceMs = 200

/** A connection over which nothing passes is asked whether it still stands. */
const keepAliveAfterMs = 10_000

/** knex would ask each new pool's server, on a connection that it leaves open when there is no answer. */
const oldestVersion = '15'

type Pools = Map<string, Knex>
const pools: Pools = new Map()
const healthPools: Pools = new Map()

/** The connection pool of a domain; domains that share a URL share the pool. Opens nothing until the first query. */
export const database = (domain: Domain): Knex =>
  poolOf(domain, pools, configuration().databasePoolSize, configuration().databaseTimeoutMs + silenceMs)

/**
 * One connection of its own, shared in the same way, for asking whether the database answers: it doesn't queue up behind
 * those who wait for the pool, hears nothing after `timeoutMs`, and is closed when nobody has asked for half a minute.
 */
export const healthConnection = (domain: Domain, timeoutMs: number): Knex =>
  poolOf(domain, healthPools, 1, timeoutMs)

function poolOf(domain: Domain, pools: Pools, size: number, timeoutMs: number): Knex {
  const url = databaseUrl(domain)
  let pool = pools.get(url)
  if (!pool) {
    closeOldPools(pools)
    pool = openPool(url, size, timeoutMs)
    pools.set(url, pool)
    onShutdown('close', () => closePool(pools, url))
  }
  return pool
}

/** With a rotated password comes another URL; statements that run on the old one's connections are finished. */
function closeOldPools(pools: Pools): void {
  const { productsDatabaseUrl, ordersDatabaseUrl } = configuration()
  for (const url of pools.keys()) {
    if (url !== productsDatabaseUrl && url !== ordersDatabaseUrl) closePool(pools, url).catch(() => {})
  }
}

/** The URL of the database that holds a domain's schema. */
export function databaseUrl(domain: Domain): string {
  const { productsDatabaseUrl, ordersDatabaseUrl } = configuration()
  return required('DATABASE_URL', domain === 'products' ? productsDatabaseUrl : ordersDatabaseUrl)
}

/** What pg is told of every connection to `url`, whoever opens it: one reading of the URL, one start-up message. */
export const connectionOptions = (url: string) => ({
  connectionString: url,
  application_name: 'stockroom',
  keepAlive: true,
  keepAliveInitialDelayMillis: keepAliveAfterMs,
  types: typeParsers,
})

function openPool(url: string, size: number, timeoutMs: number): Knex {
  const { databaseTimeoutMs } = configuration()
  const connectTimeoutMs = Math.max(leastConnectTimeoutMs, lockTimeoutMs(databaseTimeoutMs))
  return knex({
    client: BoundedPostgresClient as unknown as typeof knex.Client,
    connection: {
      ...connectionOptions(url),
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: timeoutMs,
      commit_timeout: 2 * databaseTimeoutMs,
      // What belongs together leaves without waiting for the answers in between (pipelined.ts).
      pipeline: true,
    } as Knex.PgConnectionConfig,
    acquireConnectionTimeout: connectTimeoutMs,
    version: oldestVersion,
    pool: {
      min: 0,
      max: size,
      // A refused connection is tried again soon, so that everybody who waits is refused soon.
      createRetryIntervalMillis: 5,
      // Where sessions aren't kept, `configureSessions` has told the server.
      afterCreate: keepsSessions() ? prepare : undefined,
    },
    // knex would write to the console what the caller gets as an error.
    log: { warn() {}, error() {} },
  })
}

function prepare(connection: Client, done: (error: unknown) => void): void {
  prepareSession(connection, sessionSettings(configuration().databaseTimeoutMs)).then(() => done(null), done)
}

async function closePool(pools: Pools, url: string): Promise<void> {
  const pool = pools.get(url)
  pools.delete(url)
  await pool?.destroy()
}
