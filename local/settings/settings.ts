import { ConfigurationError, integer, list } from '@stockroom/runtime/configuration'

/** What a local shop reads from the environment beside what its functions read. */
export interface LocalSettings {
  host: string
  httpPort: number
  lambdaPort: number
  /** Where consumers of their own answer for their health; by default where they find room. */
  healthPort: number | undefined
  /** Processes that serve HTTP; with more than one, the consumers run in a process of their own. */
  workers: number
  /** Whether this process also consumes the queues and minds the schedules, or leaves both to `npm run consumers`. */
  consumers: boolean
  /** Milliseconds before a batch that failed returns to its queue, doubling up to sixty times as long. */
  retryPauseMs: number
  /** The origins of the pages, other than the shop's own, that may read its answers. */
  allowedOrigins: string[]
  /** Where embedded parts keep their data. */
  dataDirectory: string
  /** Which parts are embedded, for want of their URL. */
  embedded: { database: boolean; cache: boolean; broker: boolean }
}

type Environment = Record<string, string | undefined>

/** @throws ConfigurationError for a setting that is wrong */
export function localSettings(environment: Environment): LocalSettings {
  const port = (name: string, fallback: number) =>
    integer(environment, name, { fallback, from: 1, to: 65_535 })
  const workers = integer(environment, 'WORKERS', { fallback: 1, from: 1, to: 64 })
  const consumers = isOn(environment, 'CONSUMERS')
  if (!consumers && workers > 1) {
    throw new ConfigurationError(
      'CONSUMERS=off wants WORKERS=1: start as many shops as there shall be workers.',
    )
  }
  const httpPort = port('HTTP_PORT', 3000)
  const lambdaPort = port('LAMBDA_PORT', 3002)
  if (httpPort === lambdaPort) {
    throw new ConfigurationError(
      `LAMBDA_PORT ${lambdaPort} is HTTP_PORT, too; set one of them to another port.`,
    )
  }
  return {
    host: environment.HTTP_HOST || 'localhost',
    httpPort,
    lambdaPort,
    healthPort: environment.HEALTH_PORT ? port('HEALTH_PORT', 3001) : undefined,
    workers,
    consumers,
    retryPauseMs: integer(environment, 'RABBITMQ_RETRY_PAUSE_MS', { fallback: 1000, from: 1, to: 60_000 }),
    allowedOrigins: origins(environment, 'CORS_ALLOWED_ORIGIN', 'http://localhost:3000'),
    dataDirectory: environment.STOCKROOM_DATA_DIR || '.stockroom',
    embedded: {
      database: !hasService(environment, 'DATABASE_URL'),
      cache: !hasService(environment, 'REDIS_URL'),
      broker: !environment.RABBITMQ_URL,
    },
  }
}

function isOn(environment: Environment, name: string): boolean {
  const value = environment[name] || 'on'
  if (value === 'on' || value === 'off') return value === 'on'
  throw new ConfigurationError(`${name} must be on or off, not "${value}".`)
}

function origins(environment: Environment, name: string, fallback: string): string[] {
  const values = list(environment, name)
  const wrong = values.find((value) => value !== '*' && !isOrigin(value))
  if (wrong === undefined) return values.length > 0 ? values : [fallback]
  throw new ConfigurationError(
    `${name} must be origins such as https://shop.example, separated by commas, or *, not "${wrong}".`,
  )
}

const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value

/** Whether both domains have a URL of the service: the shared one, or one each. */
function hasService(environment: Environment, shared: 'DATABASE_URL' | 'REDIS_URL'): boolean {
  if (environment[shared]) return true
  const missing = [`PRODUCTS_${shared}`, `ORDERS_${shared}`].filter((variable) => !environment[variable])
  if (missing.length === 1) {
    throw new ConfigurationError(`${missing[0]} is not set; set it as well, or ${shared} for both domains.`)
  }
  return missing.length === 0
}

/** The variables whose absence makes a part embedded, for those parts that are. */
export function embeddedVariables({ embedded }: LocalSettings): string[] {
  return [
    ...(embedded.database ? ['DATABASE_URL'] : []),
    ...(embedded.cache ? ['REDIS_URL'] : []),
    ...(embedded.broker ? ['RABBITMQ_URL'] : []),
  ]
}
