import type { BrokerClient } from './broker-connection.ts'
import type { Serverless } from './serverless.ts'

/** What `custom.serverless-offline-rabbitmq` may hold. */
export type Options = {
  /** Default: the environment's RABBITMQ_URL, else amqp://localhost:5672. */
  url: string
  /** Default: amqplib. Set by another plugin, since YAML can't hold it. */
  client?: BrokerClient
}

const DEFAULT_URL = 'amqp://localhost:5672'

/** Reads the options at the time of the call, so that other plugins can set them in an earlier hook. */
export function readOptions({ service }: Serverless, environment = process.env): Options {
  const configured = (service.custom?.['serverless-offline-rabbitmq'] ?? {}) as Partial<Options>
  return { ...configured, url: configured.url || environment.RABBITMQ_URL || DEFAULT_URL }
}
