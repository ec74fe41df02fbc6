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

const pools = new Map<string, Knex>()

/** The connection pool of a domain; domains that share a URL share the pool. Opens nothing until the first query. */
export function database(domain: Domain): Knex {
  const url = databaseUrl(domain)
  let pool = pools.get(url)
  if (!pool) {
    closeOldPools()
    pool = openPool(url)
    pools.set(url, pool)
    onShutdown('close', () => closePool(url))
  }
  return pool
}

/** With a rotated password comes another URL; statements that run on the old one's connections are finished. */
function closeOldPools(): void {
  const { productsDatabaseUrl, ordersDatabaseUrl } = configuration()
  for (const url of pools.keys()) {
    if (url !== productsDatabaseUrl && url !== ordersDatabaseUrl) closePool(url).catch(() => {})
  }
}

/** The URL of the database that holds a domain's schema. */
export function databaseUrl(domain: Domain): string {
  const { productsDatabaseUrl, ordersDatabaseUrl } = configuration()
  return required('DATABASE_URL', domain === 'products' ? productsDatabaseUrl : ordersDatabaseUrl)
}

function openPool(url: string): Knex {
  const { databaseTimeoutMs, databasePoolSize } = configuration()
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
      query_timeout: databaseTimeoutMs + silenceMs,
      types: typeParsers,
    } as Knex.PgConnectionConfig,
    acquireConnectionTimeout: connectTimeoutMs,
    // A refused connection is tried again soon, so that everybody who waits is refused soon.
    pool: { min: 0, max: databasePoolSize, createRetryIntervalMillis: 5 },
    // knex would write to the console what the caller gets as an error.
    log: { warn() {}, error() {} },
  })
}

async function closePool(url: string): Promise<void> {
  const pool = pools.get(url)
  pools.delete(url)
  await pool?.destroy()
}
