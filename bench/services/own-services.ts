import { randomUUID } from 'node:crypto'
import { removeKeys } from '../../tests/support/real-services.ts'
import { findServices, type Services } from '../../tests/support/services.ts'
import { dropDatabases, runSql } from '../../tests/support/test-database.ts'
import { createVirtualHost, deleteVirtualHost, virtualHostsOf } from '../../tests/support/virtual-host.ts'

type Found<Name extends keyof Services> = Extract<Services[Name], { url: string }>

/** The environment of a process that uses services of its own. */
export type OwnEnvironment = Record<'DATABASE_URL' | 'REDIS_URL' | 'RABBITMQ_URL' | 'CACHE_PREFIX', string>

/**
 * The real services that `DATABASE_URL`, `REDIS_URL` and `RABBITMQ_URL` name, else those on the standard ports, and
 * what the benchmark makes on them for itself: it touches nothing else there.
 */
export class BenchServices {
  readonly prefix = `stockroom_bench_${randomUUID().slice(0, 8)}_`
  readonly #database: Found<'database'>
  readonly #redis: Found<'redis'>
  readonly #rabbitmq: Found<'rabbitmq'>

  private constructor(database: Found<'database'>, redis: Found<'redis'>, rabbitmq: Found<'rabbitmq'>) {
    this.#database = database
    this.#redis = redis
    this.#rabbitmq = rabbitmq
  }

  /** @throws Error in one line when a service is missing, or would forget what it has acknowledged */
  static async find(): Promise<BenchServices> {
    const { database, redis, rabbitmq } = await findServices('')
    if ('reason' in database) throw new Error(missing('DATABASE_URL', 'PostgreSQL', database.reason))
    if ('reason' in redis) throw new Error(missing('REDIS_URL', 'Redis', redis.reason))
    if ('reason' in rabbitmq) throw new Error(missing('RABBITMQ_URL', 'RabbitMQ', rabbitmq.reason))
    await requireDurability(database.url)
    return new BenchServices(database, redis, rabbitmq)
  }

  /** Where the services are. */
  get urls(): { database: string; redis: string; rabbitmq: string } {
    return { database: this.#database.url, redis: this.#redis.url, rabbitmq: this.#rabbitmq.url }
  }

  /** Makes an empty database, a virtual host and a prefix for the keys in Redis. */
  async own(name: string): Promise<OwnEnvironment> {
    const ownName = this.prefix + name
    await runSql(this.#database.url, `create database ${ownName}`)
    const { url, control } = this.#rabbitmq
    return {
      DATABASE_URL: Object.assign(new URL(this.#database.url), { pathname: `/${ownName}` }).href,
      REDIS_URL: this.#redis.url,
      RABBITMQ_URL: await createVirtualHost(url, control, ownName),
      CACHE_PREFIX: `${ownName}:`,
    }
  }

  /** Removes whatever {@link own} has made. */
  async remove(): Promise<void> {
    const { url, control } = this.#rabbitmq
    await dropDatabases(this.#database.url, this.prefix)
    for (const name of await virtualHostsOf(url, control, this.prefix)) {
      await deleteVirtualHost(url, control, name)
    }
    await removeKeys(this.#redis.url, this.prefix)
  }
}

const missing = (variable: string, service: string, reason: string) =>
  `The benchmark needs ${service}; start it, or set ${variable}: ${reason}.`

/** What is compared has to survive a power cut, everywhere. */
async function requireDurability(url: string): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const [row] = await runSql<Record<string, string>>(url, `show ${setting}`)
    if (row?.[setting] === 'on') continue
    throw new Error(
      `${setting} is ${row?.[setting]} in the PostgreSQL of DATABASE_URL; the benchmark needs it on.`,
    )
  }
}
