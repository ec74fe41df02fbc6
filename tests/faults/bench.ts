import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeConnections } from './load/client.ts'
import { AmqpGate } from './services/amqp-gate.ts'
import { killChildren } from './services/child.ts'
import { PostgresServer } from './services/postgres-server.ts'
import type { Programs } from './services/programs.ts'
import { RabbitmqServer } from './services/rabbitmq-server.ts'
import { RedisServer } from './services/redis-server.ts'
import { Service } from './services/service.ts'
import { Shop, type ShopUrls } from './shop/shop.ts'

/** Everything that the suite runs: services with their networks, and two instances of the shop on them. */
export interface Bench {
  database: Service
  cache: Service | undefined
  broker: Service | undefined
  /** Between the network and the broker. */
  gate: AmqpGate | undefined
  /** Not started yet. Every scenario uses the first; the second is for those that want two. */
  shops: readonly [Shop, Shop]
  /** The services' own addresses, for whoever looks after the books. */
  urls: ShopUrls
  /** Ends everything and deletes all data. */
  close(): Promise<void>
}

/**
 * Starts the services that there are programs for, with their data in a new folder of their own; with `keepsLogs` that
 * folder stays and is named in the output.
 */
export async function openBench(programs: Programs, { keepsLogs }: { keepsLogs: boolean }): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'stockroom-faults-'))
  await chmod(directory, 0o755) // PostgreSQL's account has to get through
  const clear = async () => {
    closeConnections()
    await killChildren()
    if (keepsLogs) process.stdout.write(`\nLogs and data are in ${directory}\n`)
    else await rm(directory, { recursive: true, force: true })
  }
  try {
    const bench = await start(programs, directory)
    const close = async () => {
      for (const service of [bench.database, bench.cache, bench.broker]) await service?.network.close()
      await bench.gate?.close()
      await clear()
    }
    return { ...bench, close }
  } catch (error) {
    await clear()
    throw error
  }
}

async function start(programs: Programs, directory: string): Promise<Omit<Bench, 'close'>> {
  const { postgres, redis, rabbitmq } = programs
  const [database, cache, { broker, gate }] = await Promise.all([
    PostgresServer.create(postgres, join(directory, 'postgres')).then((server) => Service.start(server)),
    redis
      ? RedisServer.create(redis, join(directory, 'redis')).then((server) => Service.start(server))
      : undefined,
    rabbitmq
      ? RabbitmqServer.create(rabbitmq, join(directory, 'rabbitmq')).then(startBroker)
      : { broker: undefined, gate: undefined },
  ])
  const urls = urlsOf({ database, cache, broker }, ({ server }) => server.url)
  const throughNetwork = urlsOf({ database, cache, broker }, ({ url }) => url)
  const shops = [
    await Shop.create(throughNetwork, directory, 'shop-1'),
    await Shop.create(throughNetwork, directory, 'shop-2'),
  ] as const
  return { database, cache, broker, gate, shops, urls }
}

async function startBroker(server: RabbitmqServer): Promise<{ broker: Service; gate: AmqpGate }> {
  const gate = await AmqpGate.inFrontOf(server.url)
  return { gate, broker: await Service.start(server, gate.addressFor(server.url)) }
}

function urlsOf(
  { database, cache, broker }: Pick<Bench, 'database' | 'cache' | 'broker'>,
  urlOf: (service: Service) => string,
): ShopUrls {
  return {
    DATABASE_URL: urlOf(database),
    REDIS_URL: cache ? urlOf(cache) : '',
    RABBITMQ_URL: broker ? urlOf(broker) : '',
  }
}
