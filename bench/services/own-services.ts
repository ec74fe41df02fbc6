import { randomUUID } from 'node:crypto'
import { createDatabase, dropDatabases, runSql } from './databases.ts'
import { findServices, type Missing } from './find-services.ts'
import { removeKeys } from './redis-keys.ts'
import { createVirtualHost, deleteVirtualHost, virtualHostsOf } from './virtual-host.ts'

/** The environment of a process that uses services of its own. */
export type OwnEnvironment = Record<'DATABASE_URL' | 'REDIS_URL' | 'RABBITMQ_URL' | 'CACHE_PREFIX', string>

export type BenchServices = Awaited<ReturnType<typeof findBenchServices>>

/**
 * The real services that `DATABASE_URL`, `REDIS_URL` and `RABBITMQ_URL` name, else those on the standard ports, and
 * what the benchmark makes on them for itself: it touches nothing else there.
 * @throws Error in one line when a service is missing, or would forget what it has acknowledged
 */
export async function findBenchServices() {
  const found = await findServices('')
  const { url: database } = required(found.database, 'PostgreSQL', 'DATABASE_URL')
  const { url: redis } = required(found.redis, 'Redis', 'REDIS_URL')
  const { url: rabbitmq, control } = required(found.rabbitmq, 'RabbitMQ', 'RABBITMQ_URL')
  await requireDurability(database)
  const prefix = `stockroom_bench_${randomUUID().slice(0, 8)}_`
  return {
    /** With which the names of all that it makes begin. */
    prefix,
    urls: { database, redis, rabbitmq },
    /** Makes an empty database, a virtual host and a prefix for the keys in Redis. */
    async own(name: string): Promise<OwnEnvironment> {
      const ownName = prefix + name
      return {
        DATABASE_URL: await createDatabase(database, ownName),
        REDIS_URL: redis,
        RABBITMQ_URL: await createVirtualHost(rabbitmq, control, ownName),
        CACHE_PREFIX: `${ownName}:`,
      }
    },
    /** Removes whatever `own` has made. */
    async remove(): Promise<void> {
      await dropDatabases(database, prefix)
      for (const name of await virtualHostsOf(rabbitmq, control, prefix))
        await deleteVirtualHost(rabbitmq, control, name)
      await removeKeys(redis, prefix)
    },
  }
}

function required<Found extends object>(found: Found | Missing, name: string, variable: string): Found {
  if (!('reason' in found)) return found
  throw new Error(`The benchmark needs ${name}; start it, or set ${variable}: ${found.reason}.`)
}

/** What is compared has to survive a power cut, everywhere. */
async function requireDurability(url: string): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const [row] = await runSql<Record<string, string>>(url, `show ${setting}`)
    if (row?.[setting] !== 'on')
      throw new Error(
        `${setting} is ${row?.[setting]} in the PostgreSQL of DATABASE_URL; the benchmark needs it on.`,
      )
  }
}
