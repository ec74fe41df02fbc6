import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killChildren } from '../../bench/processes/child.ts'
import { closeConnections } from './load/client.ts'
import { AmqpGate } from './services/amqp-gate.ts'
import { postgresServer } from './services/postgres.ts'
import type { Programs } from './services/programs.ts'
import { rabbitmqServer } from './services/rabbitmq.ts'
import { redisServer } from './services/redis.ts'
import { startService } from './services/service.ts'
import { Shop } from './shop.ts'

/** Everything that the suite runs: services with their networks, and two instances of the shop on them. */
export type Bench = Awaited<ReturnType<typeof openBench>>

/**
 * Starts the services that there are programs for, with their data in a new folder of their own; `cleanUp` gets what ends
 * everything and deletes all data. With `keepsLogs` that folder stays and is named in the output.
 */
export async function openBench(programs: Programs, keepsLogs: boolean, cleanUp: AsyncDisposableStack) {
  const directory = await mkdtemp(join(tmpdir(), 'stockroom-faults-'))
  await chmod(directory, 0o755) // PostgreSQL's account has to get through
  cleanUp.defer(async () => {
    closeConnections()
    await killChildren()
    if (keepsLogs) process.stdout.write(`\nLogs and data are in ${directory}\n`)
    else await rm(directory, { recursive: true, force: true })
  })
  const services = await startServices(programs, directory, cleanUp)
  const { database, cache, broker } = services
  const throughNetwork = {
    DATABASE_URL: database.url,
    REDIS_URL: cache?.url ?? '',
    RABBITMQ_URL: broker?.url ?? '',
  }
  return {
    ...services,
    /** Not started yet. Every scenario uses the first; the second is for those that want two. */
    shops: [
      await Shop.onFreePorts(throughNetwork, directory),
      await Shop.onFreePorts(throughNetwork, directory),
    ] as const,
    /** The services' own addresses, for whoever looks after the books. */
    urls: {
      DATABASE_URL: database.server.url,
      REDIS_URL: cache?.server.url ?? '',
      RABBITMQ_URL: broker?.server.url ?? '',
    },
  }
}

/** The gate stands between the network and the broker. */
async function startServices(
  { postgres, redis, rabbitmq }: Programs,
  directory: string,
  cleanUp: AsyncDisposableStack,
) {
  const below = (name: string) => join(directory, name)
  const server = rabbitmq && (await rabbitmqServer(rabbitmq, below('rabbitmq')))
  const gate = server && (await AmqpGate.inFrontOf(server.url))
  const [database, cache, broker] = await Promise.all([
    postgresServer(postgres, below('postgres')).then((server) => startService(server)),
    redis ? redisServer(redis, below('redis')).then((server) => startService(server)) : undefined,
    server && startService(server, gate?.addressFor(server.url)),
  ])
  if (gate) cleanUp.defer(() => gate.close())
  for (const service of [database, cache, broker]) if (service) cleanUp.defer(() => service.network.close())
  return { database, cache, broker, gate }
}
