import { afterAll, beforeAll } from '@jest/globals'
import { shutDown } from '@stockroom/runtime/shutdown'
import { runSql } from '../../bench/services/databases.ts'
import { removeKeys } from '../../bench/services/redis-keys.ts'
import { createVirtualHost, deleteVirtualHost } from '../../bench/services/virtual-host.ts'
import { migrateAll } from '../../migrations/all.ts'
import { ownName, testEnvironment } from './environment.ts'
import { createDatabase, type TestDatabase } from './test-database.ts'

/** What a suite has for itself, from its `beforeAll` on. */
export interface OwnServices {
  databaseUrl: string
  redisUrl: string
  rabbitmqUrl: string
  cachePrefix: string
  /** Runs one statement in the database. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
}

/** The URL of a broker that a double stands for. */
export const inProcess = 'amqp://in-process'

interface Wanted {
  /** Default: `migrated`. */
  database?: 'migrated' | 'empty'
  redis?: boolean
  rabbitmq?: boolean
}

/**
 * Gives the suite services of its own, in which no other suite finds a trace, and names them in the environment before
 * the layers read it: a new database, a new virtual host, a prefix for cache keys and channel. Takes them away at its
 * end. Redis and RabbitMQ only where wanted: without, the cache is in process and RABBITMQ_URL names nothing real.
 */
export function ownServices({ database = 'migrated', redis, rabbitmq }: Wanted = {}): OwnServices {
  const own: OwnServices = {
    databaseUrl: '',
    redisUrl: '',
    rabbitmqUrl: inProcess,
    cachePrefix: '',
    sql: (text, values) => runSql(own.databaseUrl, text, values),
  }
  const { services } = testEnvironment()
  let testDatabase: TestDatabase | undefined
  let virtualHost: string | undefined

  beforeAll(async () => {
    testDatabase = await createDatabase()
    own.databaseUrl = testDatabase.url
    own.cachePrefix = `${ownName()}:`
    if (redis && 'url' in services.redis) own.redisUrl = services.redis.url
    if (rabbitmq && 'url' in services.rabbitmq) {
      virtualHost = ownName()
      own.rabbitmqUrl = await createVirtualHost(services.rabbitmq.url, services.rabbitmq.control, virtualHost)
    }
    nameInEnvironment(own)
    if (database === 'migrated') await migrateAll()
  })

  afterAll(async () => {
    await shutDown()
    await testDatabase?.drop()
    if (own.redisUrl) await removeKeys(own.redisUrl, own.cachePrefix)
    if (virtualHost && 'url' in services.rabbitmq) {
      await deleteVirtualHost(services.rabbitmq.url, services.rabbitmq.control, virtualHost)
    }
  })

  return own
}

/** Lets every configuration that is read from now on name these services. */
export function nameInEnvironment({ databaseUrl, redisUrl, rabbitmqUrl, cachePrefix }: OwnServices): void {
  Object.assign(process.env, {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    RABBITMQ_URL: rabbitmqUrl,
    CACHE_PREFIX: cachePrefix,
  })
}
