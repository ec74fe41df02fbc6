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
    expect(read()).toEqual({
      productsDatabaseUrl: 'postgres://db/shop',
      ordersDatabaseUrl: 'postgres://db/shop',
      databasePoolSize: 10,
      databasePoolMode: 'session',
      databaseTimeoutMs: 1500,
      productsRedisUrl: undefined,
      ordersRedisUrl: undefined,
      cachePrefix: '',
      cacheTtlSeconds: 60,
      rabbitmqUrl: 'amqp://broker',
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

  it('takes the shared database for the domain that has none of its own', () => {
    expect(read({ ORDERS_DATABASE_URL: 'postgres://other/orders' })).toMatchObject({
      productsDatabaseUrl: 'postgres://db/shop',
      ordersDatabaseUrl: 'postgres://other/orders',
    })
  })

  it('needs no shared database when each domain has its own', () => {
    const settings = read({
      DATABASE_URL: undefined,
      PRODUCTS_DATABASE_URL: 'postgres://one/products',
      ORDERS_DATABASE_URL: 'postgres://other/orders',
    })

    expect(settings.productsDatabaseUrl).toBe('postgres://one/products')
  })

  it('takes the shared cache for the domain that has none of its own', () => {
    expect(read({ REDIS_URL: 'redis://cache', ORDERS_REDIS_URL: 'redis://other' })).toMatchObject({
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

  it.each([undefined, ''])('can be read without any service, for what does not need them (%j)', (absent) => {
    const settings = read({ DATABASE_URL: absent, RABBITMQ_URL: absent, REDIS_URL: absent })

    expect(settings).toMatchObject({
      productsDatabaseUrl: undefined,
      ordersDatabaseUrl: undefined,
      rabbitmqUrl: undefined,
      productsRedisUrl: undefined,
      ordersRedisUrl: undefined,
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
    for (const value of ['http://user:secret@host', 'user:secret@host', '//secret', 'secret']) {
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

  it.each(['trace', 'debug', 'info', 'warn', 'error', 'silent'])('takes the log level %s', (level) => {
    expect(() => read({ LOG_LEVEL: level })).not.toThrow()
  })

  it('names LOG_LEVEL and the levels that there are', () => {
    expect(messageOf({ LOG_LEVEL: 'loud' })).toBe(
      'LOG_LEVEL must be one of trace, debug, info, warn, error, silent, not "loud".',
    )
  })
})

describe('what can not be done without', () => {
  it('is there', () => {
    expect(required('RABBITMQ_URL', 'amqp://broker')).toBe('amqp://broker')
  })

  it.each([undefined, ''])('is named in one line where it is needed, when it is %j', (absent) => {
    const read = () => required('RABBITMQ_URL', absent)

    expect(read).toThrow(expect.objectContaining({ name: 'ConfigurationError' }))
    expect(read).toThrow(/^RABBITMQ_URL is not set[^\n]*$/)
  })
})

describe('the configuration of this process', () => {
  it('is read from the environment once, and stays', () => {
    Object.assign(process.env, least, { REDIS_URL: 'redis://first' })
    const first = configuration()
    process.env.REDIS_URL = 'redis://second'

    expect(first.productsRedisUrl).toBe('redis://first')
    expect(configuration()).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })
})
