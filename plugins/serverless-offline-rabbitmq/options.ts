import type { BrokerClient } from './broker-connection.ts'
import type { Serverless } from './serverless.ts'
import type { Pauses } from './waiting.ts'

/** What `custom.serverless-offline-rabbitmq` may hold. */
export type Options = {
  /** Default: the environment's RABBITMQ_URL, else amqp://localhost:5672. */
  url: string
  /** Default: amqplib. Set by another plugin, since YAML can't hold it. */
  client?: BrokerClient
  /** Milliseconds before a failed batch returns to its queue, doubling up to sixty times as long. Default: 1000. */
  retryPauseMs?: number
}

const DEFAULT_URL = 'amqp://localhost:5672'
const DEFAULT_RETRY_PAUSE_MS = 1000
const LONGEST_RETRY_PAUSE = 60

/** Reads the options at the time of the call, so that other plugins can set them in an earlier hook. */
export function readOptions({ service }: Serverless, environment = process.env): Options {
  const configured = (service.custom?.['serverless-offline-rabbitmq'] ?? {}) as Partial<Options>
  return { ...configured, url: configured.url || environment.RABBITMQ_URL || DEFAULT_URL }
}

/** The pauses before a failed batch returns to its queue, which `retryPauseMs` asks for. */
export function retryPauses({ retryPauseMs = DEFAULT_RETRY_PAUSE_MS }: Options): Pauses {
  return { firstMs: retryPauseMs, longestMs: retryPauseMs * LONGEST_RETRY_PAUSE }
}
