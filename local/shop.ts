import { ConfigurationError, configuration } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import type { BannerFacts } from './banner.ts'
import { embedDatabase } from './databases.ts'
import { embedBroker, embeddedBrokerUrl } from './embedded-broker.ts'
import { requireFreePort } from './ports.ts'
import { requireServices } from './reachability.ts'
import { embeddedVariables, type LocalSettings, localSettings } from './settings.ts'

/** What runs of the shop in this process: the whole shop, or the consumers alone. */
export type Role = 'shop' | 'consumers'

/** The parts behind the functions, ready: reachable or started, migrated, and named by the environment. */
export interface Parts extends BannerFacts {
  /** Closes the functions' connections, then stops the embedded parts. */
  stop(): Promise<void>
}

/**
 * Makes ready what the functions need: starts what no URL is given for, checks the rest, migrates.
 * @throws Error in one line that names the variable to set
 */
export async function prepareParts(role: Role): Promise<Parts> {
  const settings = localSettings(process.env)
  if (role === 'consumers') requireRealParts(settings)
  else await requirePorts(settings)
  await requireServices(process.env)

  const database = settings.embedded.database ? await embedDatabase(settings.dataDirectory) : undefined
  if (settings.embedded.broker) {
    process.env.RABBITMQ_URL = embeddedBrokerUrl
    await embedBroker()
  }
  configuration()
  const { handler: migrate } = await import('../functions/operations/migrate.ts')
  await migrate({}, {} as never)

  return {
    settings,
    databaseDirectory: database?.dataDirectory,
    environment: process.env,
    async stop() {
      await shutDown()
      await database?.stop()
    },
  }
}

function requireRealParts(settings: LocalSettings): void {
  const missing = embeddedVariables(settings)
  if (missing.length === 0) return
  throw new ConfigurationError(
    `Consumers in a process of their own need real services: set ${missing.join(', ')}, as .env.example shows.`,
  )
}

async function requirePorts({ host, httpPort, lambdaPort }: LocalSettings): Promise<void> {
  await requireFreePort('HTTP_PORT', host, httpPort)
  await requireFreePort('LAMBDA_PORT', host, lambdaPort)
}
