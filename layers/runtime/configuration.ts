/** Every setting of the shop, read from the environment once and checked. */
export interface Configuration {
  /** postgres:// URL of the database that holds the schema `products`. */
  productsDatabaseUrl: string
  /** postgres:// URL of the database that holds the schema `orders`. */
  ordersDatabaseUrl: string
  /** Connections that one process opens to each database at most. */
  databasePoolSize: number
  /** redis:// URL; without one the in-process tier of the cache works alone. */
  redisUrl: string | undefined
  /** Stands before every cache key and the name of the invalidation channel. */
  cachePrefix: string
  /** Time to live of a value in Redis. */
  cacheTtlSeconds: number
  /** amqp:// URL of the broker, its path names the virtual host. */
  rabbitmqUrl: string
  logLevel: LogLevel
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** A variable that is missing or wrong; the message names it and what to do, in one line. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

type Environment = Record<string, string | undefined>

/**
 * Reads the configuration from `environment`; an empty value counts as absent.
 * @throws ConfigurationError for the first variable that is missing or wrong
 */
export function readConfiguration(environment: Environment): Configuration {
  const databaseUrl = optionalUrl(environment, 'DATABASE_URL', ['postgres:', 'postgresql:'])
  return {
    productsDatabaseUrl: domainDatabaseUrl(environment, 'PRODUCTS_DATABASE_URL', databaseUrl),
    ordersDatabaseUrl: domainDatabaseUrl(environment, 'ORDERS_DATABASE_URL', databaseUrl),
    databasePoolSize: integer(environment, 'DATABASE_POOL_SIZE', { fallback: 10, from: 1, to: 1000 }),
    redisUrl: optionalUrl(environment, 'REDIS_URL', ['redis:', 'rediss:']),
    cachePrefix: environment.CACHE_PREFIX ?? '',
    cacheTtlSeconds: integer(environment, 'CACHE_TTL_SECONDS', { fallback: 60, from: 1, to: 86_400 }),
    rabbitmqUrl: required('RABBITMQ_URL', optionalUrl(environment, 'RABBITMQ_URL', ['amqp:', 'amqps:'])),
    logLevel: oneOf(environment, 'LOG_LEVEL', logLevels, 'info'),
  }
}

let current: Configuration | undefined

/** The configuration of this process: read at the first call, the same object ever after. */
export function configuration(): Configuration {
  current ??= Object.freeze(readConfiguration(process.env))
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

/**
 * A URL from the environment, or undefined when the variable is absent.
 * @throws ConfigurationError when the value is no URL of one of the protocols; the value itself is not shown, as it
 * may hold a password
 */
export function optionalUrl(environment: Environment, name: string, protocols: string[]): string | undefined {
  const value = environment[name]
  if (!value) return undefined
  if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value
  throw new ConfigurationError(`${name} must be a URL that begins with ${protocols[0]}//.`)
}

function domainDatabaseUrl(environment: Environment, name: string, shared: string | undefined): string {
  const own = optionalUrl(environment, name, ['postgres:', 'postgresql:'])
  return required('DATABASE_URL', own ?? shared)
}

function required(name: string, value: string | undefined): string {
  if (value) return value
  throw new ConfigurationError(`${name} is not set; give the URL of the service, as .env.example shows.`)
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
