import { secretValues } from './secret-values.ts'

/** Every setting of the shop, read from the environment once and checked. */
export interface Configuration {
  /** postgres:// URL of the database that holds the schema `products`; {@link required} where it is needed. */
  productsDatabaseUrl: string | undefined
  /** postgres:// URL of the database that holds the schema `orders`. */
  ordersDatabaseUrl: string | undefined
  /** Connections that one process opens to each database at most. */
  databasePoolSize: number
  /** Milliseconds that a statement may take. */
  databaseTimeoutMs: number
  /** `transaction` where a pooler between lends each transaction another of its sessions; PgBouncer's `pool_mode`. */
  databasePoolMode: PoolMode
  /** redis:// URL of the cache of products; without one its in-process tier works alone. */
  productsRedisUrl: string | undefined
  /** redis:// URL of the cache of orders. */
  ordersRedisUrl: string | undefined
  /** Stands before every cache key and the name of the invalidation channel. */
  cachePrefix: string
  /** Time to live of a value in Redis. */
  cacheTtlSeconds: number
  /** amqp:// URL of the broker, its path names the virtual host. */
  rabbitmqUrl: string | undefined
  /** The keys that open the routes for admins; with none of them a deployed stage keeps these closed. */
  adminApiKeys: string[]
}

const poolModes = ['session', 'transaction'] as const
type PoolMode = (typeof poolModes)[number]
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

/** A variable that is missing or wrong; the message names it and what to do, in one line. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

type Environment = Record<string, string | undefined>

/**
 * Reads the configuration from `environment`; an empty value counts as absent.
 * @throws ConfigurationError for the first variable that is wrong
 */
export function readConfiguration(environment: Environment): Configuration {
  checkWhatOthersRead(environment)
  const databaseUrl = postgresUrl(environment, 'DATABASE_URL')
  const sharedRedisUrl = redisUrl(environment, 'REDIS_URL')
  return {
    productsDatabaseUrl: postgresUrl(environment, 'PRODUCTS_DATABASE_URL') ?? databaseUrl,
    ordersDatabaseUrl: postgresUrl(environment, 'ORDERS_DATABASE_URL') ?? databaseUrl,
    databasePoolSize: integer(environment, 'DATABASE_POOL_SIZE', { fallback: 10, from: 1, to: 1000 }),
    databaseTimeoutMs: integer(environment, 'DATABASE_TIMEOUT_MS', {
      fallback: 1500,
      from: 1,
      to: 86_400_000,
    }),
    databasePoolMode: oneOf(environment, 'DATABASE_POOL_MODE', poolModes, 'session'),
    productsRedisUrl: redisUrl(environment, 'PRODUCTS_REDIS_URL') ?? sharedRedisUrl,
    ordersRedisUrl: redisUrl(environment, 'ORDERS_REDIS_URL') ?? sharedRedisUrl,
    cachePrefix: environment.CACHE_PREFIX ?? '',
    cacheTtlSeconds: integer(environment, 'CACHE_TTL_SECONDS', { fallback: 60, from: 1, to: 86_400 }),
    rabbitmqUrl: optionalUrl(environment, 'RABBITMQ_URL', ['amqp:', 'amqps:']),
    adminApiKeys: list(environment, 'ADMIN_API_KEY'),
  }
}

/** What pino and the packages of OpenTelemetry read by themselves, so that a wrong value is told at start as well. */
function checkWhatOthersRead(environment: Environment): void {
  oneOf(environment, 'LOG_LEVEL', logLevels, 'info')
  optionalUrl(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:'])
}

let current: Configuration | undefined
let currentSecrets: Environment | undefined

/** The configuration of this process: read at the first call, the same object until a secret has changed. */
export function configuration(): Configuration {
  const secrets = secretValues()
  if (!current || secrets !== currentSecrets) {
    current = Object.freeze(readConfiguration({ ...process.env, ...secrets }))
    currentSecrets = secrets
  }
  return current
}

/**
 * A whole number from the environment.
 * @throws ConfigurationError when the value is not a whole number within the bounds
 */
export function integer(
  environment: Environment,
  name: string,
  { fallback, from, to }: { fallback: number; from: number; to: number },
): number {
  const value = environment[name] || String(fallback)
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= from && number <= to) return number
  throw new ConfigurationError(`${name} must be a whole number from ${from} to ${to}, not "${value}".`)
}

/** What stands between commas in the environment, without spaces around and without empty items. */
export function list(environment: Environment, name: string): string[] {
  const items = (environment[name] ?? '').split(',').map((item) => item.trim())
  return items.filter((item) => item !== '')
}

/**
 * A URL from the environment, or undefined when the variable is absent.
 * @throws ConfigurationError when the value is no URL of one of the protocols; the value itself is not shown, as it
 * may hold a password
 */
export function optionalUrl(environment: Environment, name: string, protocols: string[]): string | undefined {
  const value = environment[name]
  if (!value) return undefined
  if (value.includes('#')) {
    throw new ConfigurationError(
      `${name} holds a #, which ends what is read of a URL; write %23 for one in a password.`,
    )
  }
  if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value
  throw new ConfigurationError(`${name} must be a URL that begins with ${protocols[0]}//.`)
}

/**
 * A value that the calling code can't do without.
 * @throws ConfigurationError that names the variable when it is absent
 */
export function required(variable: string, value: string | undefined): string {
  if (value) return value
  throw new ConfigurationError(`${variable} is not set; give the URL of the service, as .env.example shows.`)
}

function postgresUrl(environment: Environment, name: string): string | undefined {
  return optionalUrl(environment, name, ['postgres:', 'postgresql:'])
}

function redisUrl(environment: Environment, name: string): string | undefined {
  return optionalUrl(environment, name, ['redis:', 'rediss:'])
}

function oneOf<Value extends string>(
  environment: Environment,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  const value = environment[name] || fallback
  const found = values.find((candidate) => candidate === value)
  if (found) return found
  throw new ConfigurationError(`${name} must be one of ${values.join(', ')}, not "${value}".`)
}
