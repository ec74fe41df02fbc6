import { ConfigurationError, configuration } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import type { BannerFacts } from './banner.ts'
import { embedDatabase } from './embedded/databases.ts'
import { embedBroker, embeddedBrokerUrl } from './embedded/embedded-broker.ts'
import { lambdaHost } from './functions/lambda-access.ts'
import { addressesOf } from './gateway/loopback.ts'
import { requireFreePort } from './settings/ports.ts'
import { requireBrokerRights, requireServices } from './settings/reachability.ts'
import { embeddedVariables, type LocalSettings, localSettings } from './settings/settings.ts'
import { isWorker } from './workers.ts'

/**
 * What runs of the shop in this process: the whole shop, its endpoints alone (`api`) or its consumers alone; with
 * WORKERS, `primary` runs the consumers and starts workers, which serve HTTP.
 */
export type Role = 'shop' | 'api' | 'consumers' | 'primary' | 'worker'

/** The parts behind the functions, ready: reachable or started, migrated, and named by the environment. */
export interface Parts extends BannerFacts {
  role: Role
  /** Closes the functions' connections, then stops the embedded parts. */
  stop(): Promise<void>
}

/**
 * Makes ready what the functions need: starts what no URL is given for, checks the rest, migrates.
 * @throws Error in one line that names the variable to set
 */
export async function prepareParts(command: 'shop' | 'consumers'): Promise<Parts> {
  const settings = localSettings(process.env)
  const role = roleIn(command, settings)
  // What a worker needs its primary has made ready.
  if (role === 'worker')
    return { role, settings, databaseDirectory: undefined, environment: process.env, stop: shutDown }
  if (role !== 'shop') requireRealParts(role, settings)
  await requirePorts(role, settings)
  await requireServices(process.env)

  if (process.env.RABBITMQ_URL) await requireBrokerRights(process.env.RABBITMQ_URL)
  const database = settings.embedded.database ? await embedDatabase(settings.dataDirectory) : undefined
  if (settings.embedded.broker) {
    process.env.RABBITMQ_URL = embeddedBrokerUrl
    await embedBroker()
  }
  configuration()
  const { handler: migrate } = await import('../functions/operations/migrate.ts')
  await migrate({}, {} as never)

  return {
    role,
    settings,
    databaseDirectory: database?.dataDirectory,
    environment: process.env,
    async stop() {
      await shutDown()
      await database?.stop()
    },
  }
}

function roleIn(command: 'shop' | 'consumers', { workers, consumers }: LocalSettings): Role {
  if (command === 'consumers') return 'consumers'
  if (!consumers) return 'api'
  if (isWorker()) return 'worker'
  return workers > 1 ? 'primary' : 'shop'
}

function requireRealParts(role: Role, settings: LocalSettings): void {
  const missing = embeddedVariables(settings)
  if (missing.length === 0) return
  const who = role === 'primary' ? `${settings.workers} WORKERS` : 'Consumers in a process of their own'
  throw new ConfigurationError(`${who} need real services: set ${missing.join(', ')}, as .env.example shows.`)
}

async function requirePorts(
  role: Role,
  { host, httpPort, lambdaPort, healthPort }: LocalSettings,
): Promise<void> {
  if (role === 'consumers') {
    if (healthPort) await requireAddresses('HEALTH_PORT', host, healthPort)
    return
  }
  await requireAddresses('HTTP_PORT', host, httpPort)
  await requireFreePort('LAMBDA_PORT', lambdaHost, lambdaPort)
}

async function requireAddresses(variable: string, host: string, port: number): Promise<void> {
  for (const address of addressesOf(host)) await requireFreePort(variable, address, port)
}
