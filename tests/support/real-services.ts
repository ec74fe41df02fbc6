import { removeKeys } from '../../bench/services/redis-keys.ts'
import { createVirtualHost, deleteVirtualHost } from '../../bench/services/virtual-host.ts'
import { ownName, testEnvironment } from './environment.ts'
import { createDatabase } from './test-database.ts'

/** Real services of one suite's own, for a shop in a process of its own. */
export interface RealServices {
  environment: Record<'DATABASE_URL' | 'REDIS_URL' | 'RABBITMQ_URL' | 'CACHE_PREFIX', string>
  remove(): Promise<void>
}

/** Makes a database, a virtual host and a cache prefix. Only for suites that are left out where a service is missing. */
export async function ownRealServices(): Promise<RealServices> {
  const { redis, rabbitmq } = testEnvironment().services
  if (!('url' in redis && 'url' in rabbitmq)) throw new Error('this suite needs Redis and RabbitMQ')
  const database = await createDatabase()
  const virtualHost = ownName()
  const cachePrefix = `${ownName()}:`
  return {
    environment: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      RABBITMQ_URL: await createVirtualHost(rabbitmq.url, rabbitmq.control, virtualHost),
      CACHE_PREFIX: cachePrefix,
    },
    async remove() {
      await database.drop()
      await deleteVirtualHost(rabbitmq.url, rabbitmq.control, virtualHost)
      await removeKeys(redis.url, cachePrefix)
    },
  }
}
