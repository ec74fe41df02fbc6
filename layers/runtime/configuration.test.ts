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

describe('the configuration', () => {
  it('has a default for everything but the URLs', () => {
    expect(read()).toMatchObject({
      databasePoolSize: 10,
      databasePoolMode: 'session',
      databaseTimeoutMs: 1500,
      cachePrefix: '',
      cacheTtlSeconds: 60,
      adminApiKeys: [],
    })
  })

  it('reads every variable', () => {
    const settings = read({
      PRODUCTS_DATABASE_URL: 'postgresql://one/products',
      ORDERS_DATABASE_URL: 'postgres://other/orders',
      DATABASE_POOL_SIZE: '3',
      DATABASE_TIMEOUT_MS: '700',
      PRODUCTS_REDIS_URL: 'redis://one',
      ORDERS_REDIS_URL: 'rediss://other/1',
      CACHE_PREFIX: 'shop-2:',
      CACHE_TTL_SECONDS: '5',
      RABBITMQ_URL: 'amqps://broker/shop',
      LOG_LEVEL: 'debug',
      ADMIN_API_KEY: 'one, two,,',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    })

    expect(settings).toEqual({
      productsDatabaseUrl: 'postgresql://one/products',
      ordersDatabaseUrl: 'postgres://other/orders',
      databasePoolSize: 3,
      databasePoolMode: 'session',
      databaseTimeoutMs: 700,
      productsRedisUrl: 'redis://one',
      ordersRedisUrl: 'rediss://other/1',
      cachePrefix: 'shop-2:',
      cacheTtlSeconds: 5,
      rabbitmqUrl: 'amqps://broker/shop',
      adminApiKeys: ['one', 'two'],
    })
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

  it('counts an empty value as absent', () => {
    const empty = {
      PRODUCTS_DATABASE_URL: '',
      DATABASE_POOL_SIZE: '',
      DATABASE_TIMEOUT_MS: '',
      REDIS_URL: '',
      ORDERS_REDIS_URL: '',
      CACHE_TTL_SECONDS: '',
      LOG_LEVEL: '',
      ADMIN_API_KEY: '',
    }

    expect(read(empty)).toEqual(read())
  })

  it('can be read without any service, for what does not need them', () => {
    expect(read({ DATABASE_URL: undefined, RABBITMQ_URL: '' })).toMatchObject({
      productsDatabaseUrl: undefined,
      ordersDatabaseUrl: undefined,
      rabbitmqUrl: undefined,
    })
  })

  it.each([
    'DATABASE_URL',
    'PRODUCTS_DATABASE_URL',
    'ORDERS_DATABASE_URL',
    'REDIS_URL',
    'PRODUCTS_REDIS_URL',
    'ORDERS_REDIS_URL',
    'RABBITMQ_URL',
  ])('names %s when it is no URL of its kind, and never shows the value', (name) => {
    for (const value of ['http://user:secret@host', 'secret']) {
      const message = messageOf({ [name]: value })

      expect(message).toMatch(new RegExp(`^${name} must be a URL that begins with [a-z]+://\\.$`))
      expect(message).not.toContain('secret')
    }
  })

  it('names OTEL_EXPORTER_OTLP_ENDPOINT when it is wrong', () => {
    expect(messageOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toBe(
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL that begins with http://.',
    )
  })

  it.each([
    ['DATABASE_POOL_SIZE', ['1', '1000'], ['0', '1001', '-1', '1.5', 'many', '1e2', ' 5']],
    ['DATABASE_TIMEOUT_MS', ['1', '86400000'], ['0', '86400001', '-1', '1.5', 'never']],
    ['CACHE_TTL_SECONDS', ['1', '86400'], ['0', '86401', '-1', '1.5', 'long', '0x10']],
  ])('takes whole numbers within bounds for %s, and names it otherwise', (name, right, wrong) => {
    expect(right.map((value) => messageOf({ [name]: value }))).toEqual([undefined, undefined])
    for (const value of wrong) {
      expect(messageOf({ [name]: value })).toMatch(new RegExp(`^${name} must be a whole number from 1 to`))
    }
  })

  it('names LOG_LEVEL and the levels that there are', () => {
    expect(messageOf({ LOG_LEVEL: 'silent' })).toBeUndefined()
    expect(messageOf({ LOG_LEVEL: 'loud' })).toBe(
      'LOG_LEVEL must be one of trace, debug, info, warn, error, silent, not "loud".',
    )
  })

  it('says how to write a # of a password, behind which a URL would end', () => {
    expect(messageOf({ RABBITMQ_URL: 'amqp://shop:secret#1@broker' })).toBe(
      'RABBITMQ_URL holds a #, which ends what is read of a URL; write %23 for one in a password.',
    )
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
