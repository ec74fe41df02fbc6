import { configuration, required } from '@stockroom/runtime/configuration'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { onShutdown } from '@stockroom/runtime/shutdown'
import knex, { type Knex } from 'knex'
import { BoundedPostgresClient } from './bounded-postgres-client.ts'
import { typeParsers } from './type-parsers.ts'

/** A part of the shop that owns a PostgreSQL schema of the same name. */
export type Domain = 'products' | 'orders'

const connectTimeoutMs = 1000
/** A live server cancels a slow statement by itself; one that doesn't answer at all is given up a little later. */
const silenceMs = 200

/**
 * Plans that don't hang on statistics. A statement is planned once per connection (statement-name.ts), perhaps while its
 * table is empty: PostgreSQL would then read the whole table for each batch of a sale, until its next autoanalyze. Every
 * statement of the shop has its index; without JIT, since a plan that has none counts as expensive enough for it.
 * https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-ENABLE-SEQSCAN
 */
const plannerOptions = '-c enable_seqscan=off -c jit=off'

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

function openPool(url: string, size: number, timeoutMs: number): Knex {
  const { databaseTimeoutMs } = configuration()
  return knex({
    client: BoundedPostgresClient as unknown as typeof knex.Client,
    connection: {
      connectionString: url,
      application_name: 'stockroom',
      // On Lambda statements are planned each time, and RDS Proxy takes no options.
      options: freezesAfterAnswer() ? undefined : plannerOptions,
      connectionTimeoutMillis: connectTimeoutMs,
      // RDS Proxy refuses it as a parameter of the connection; there, `limitStatements` has told the server.
      ...(!freezesAfterAnswer() && { statement_timeout: databaseTimeoutMs }),
      query_timeout: timeoutMs,
      types: typeParsers,
    } as Knex.PgConnectionConfig,
    acquireConnectionTimeout: connectTimeoutMs,
    // A refused connection is tried again soon, so that everybody who waits is refused soon.
    pool: { min: 0, max: size, createRetryIntervalMillis: 5 },
    // knex would write to the console what the caller gets as an error.
    log: { warn() {}, error() {} },
  })
}

async function closePool(pools: Pools, url: string): Promise<void> {
  const pool = pools.get(url)
  pools.delete(url)
  await pool?.destroy()
}
