import { describe, expect, it } from '@jest/globals'
import { configuration, readConfiguration, required } from './configuration.ts'

const least = { DATABASE_URL: 'postgres://db/shop', RABBITMQ_URL: 'amqp://broker' }
const read = (environment: Record<string, string | undefined> = {}) =>
  readConfiguration({ ...least, ...environment })
const messageOf = (environment: Record<string, string | undefined>) => {
  try {
    read(environment)
    return undefined
  } catch (error) {
    return error instanceof Error && error.name === 'ConfigurationError' ? error.message : error
  }
}

/** Every variable, and what becomes of it. */
const all = {
  DATABASE_URL: 'postgres://db/shop',
  PRODUCTS_DATABASE_URL: 'postgresql://one/products',
  ORDERS_DATABASE_URL: 'postgres://other/orders',
  DATABASE_POOL_SIZE: '3',
  DATABASE_POOL_MODE: 'transaction',
  DATABASE_TIMEOUT_MS: '700',
  REDIS_URL: 'redis://cache',
  PRODUCTS_REDIS_URL: 'redis://one',
  ORDERS_REDIS_URL: 'rediss://other/1',
  CACHE_PREFIX: 'shop-2:',
  CACHE_TTL_SECONDS: '5',
  RABBITMQ_URL: 'amqps://broker/shop',
  LOG_LEVEL: 'debug',
  ADMIN_API_KEY: 'one, two,,',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
}

describe('the configuration', () => {
  it('reads every variable', () => {
    expect(read(all)).toEqual({
      productsDatabaseUrl: 'postgresql://one/products',
      ordersDatabaseUrl: 'postgres://other/orders',
      databasePoolSize: 3,
      databasePoolMode: 'transaction',
      databaseTimeoutMs: 700,
      productsRedisUrl: 'redis://one',
      ordersRedisUrl: 'rediss://other/1',
      cachePrefix: 'shop-2:',
      cacheTtlSeconds: 5,
      rabbitmqUrl: 'amqps://broker/shop',
      adminApiKeys: ['one', 'two'],
    })
  })

  it('needs none of them, and counts an empty one as absent', () => {
    const empty = Object.fromEntries(Object.keys(all).map((name) => [name, '']))
    const defaults = readConfiguration({})

    expect(defaults).toEqual({
      databasePoolSize: 10,
      databasePoolMode: 'session',
      databaseTimeoutMs: 1500,
      cachePrefix: '',
      cacheTtlSeconds: 60,
      adminApiKeys: [],
    })
    expect(readConfiguration(empty)).toEqual(defaults)
  })

  it('takes the shared database and cache for the domain that has none of its own', () => {
    const own = { ORDERS_DATABASE_URL: 'postgres://other/orders', ORDERS_REDIS_URL: 'redis://other' }

    expect(read({ REDIS_URL: 'redis://cache', ...own })).toMatchObject({
      productsDatabaseUrl: 'postgres://db/shop',
      ordersDatabaseUrl: 'postgres://other/orders',
      productsRedisUrl: 'redis://cache',
      ordersRedisUrl: 'redis://other',
    })
  })

  it.each(Object.keys(all).filter((name) => /(DATABASE|REDIS|RABBITMQ)_URL$/.test(name)))(
    'names %s when it is no URL of its kind, and never shows the value',
    (name) => {
      for (const value of ['http://user:secret@host', 'secret'])
        expect(messageOf({ [name]: value })).toMatch(
          new RegExp(`^${name} must be a URL that begins with [a-z]+://\\.$`),
        )
    },
  )

  it.each([
    ['DATABASE_POOL_SIZE', ['1', '1000'], ['0', '1001', '-1', '1.5', 'many', '1e2', ' 5']],
    ['DATABASE_TIMEOUT_MS', ['1', '86400000'], ['0', '86400001']],
    ['CACHE_TTL_SECONDS', ['1', '86400'], ['0', '86401', '0x10']],
  ])('takes whole numbers within bounds for %s, and names it otherwise', (name, right, wrong) => {
    expect(right.map((value) => messageOf({ [name]: value }))).toEqual([undefined, undefined])
    for (const value of wrong)
      expect(messageOf({ [name]: value })).toMatch(new RegExp(`^${name} must be a whole number from 1 to`))
  })

  it.each([
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, silent, not "loud".'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'must be a URL that begins with http://.'],
    [
      'RABBITMQ_URL',
      'amqp://shop:secret#1@broker',
      'holds a #, which ends what is read of a URL; write %23 for one in a password.',
    ],
  ])('says of %s what is wrong with "%s"', (name, value, what) => {
    expect(messageOf({ [name]: value })).toBe(`${name} ${what}`)
  })
})

it.each([undefined, ''])('what can not be done without is named in one line when it is %j', (absent) => {
  const read = () => required('RABBITMQ_URL', absent)

  expect(read).toThrow(expect.objectContaining({ name: 'ConfigurationError' }))
  expect(read).toThrow(/^RABBITMQ_URL is not set[^\n]*$/)
})

it('the configuration of this process is read from the environment once, and stays', () => {
  Object.assign(process.env, least, { REDIS_URL: 'redis://first' })
  const first = configuration()
  process.env.REDIS_URL = 'redis://second'

  expect(first.productsRedisUrl).toBe('redis://first')
  expect(configuration()).toBe(first)
  expect(Object.isFrozen(first)).toBe(true)
})
