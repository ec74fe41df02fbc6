import { describe, expect, it } from '@jest/globals'
import { configuration, readConfiguration } from './configuration.ts'

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
  it('needs a database and a broker alone, and has a default for the rest', () => {
    expect(read()).toEqual({
      productsDatabaseUrl: 'postgres://db/shop',
      ordersDatabaseUrl: 'postgres://db/shop',
      databasePoolSize: 10,
      redisUrl: undefined,
      cachePrefix: '',
      cacheTtlSeconds: 60,
      rabbitmqUrl: 'amqp://broker',
      logLevel: 'info',
    })
  })

  it('reads every variable', () => {
    const settings = read({
      PRODUCTS_DATABASE_URL: 'postgresql://one/products',
      ORDERS_DATABASE_URL: 'postgres://other/orders',
      DATABASE_POOL_SIZE: '3',
      REDIS_URL: 'rediss://cache',
      CACHE_PREFIX: 'shop-2:',
      CACHE_TTL_SECONDS: '5',
      RABBITMQ_URL: 'amqps://broker/shop',
      LOG_LEVEL: 'debug',
    })

    expect(settings).toEqual({
      productsDatabaseUrl: 'postgresql://one/products',
      ordersDatabaseUrl: 'postgres://other/orders',
      databasePoolSize: 3,
      redisUrl: 'rediss://cache',
      cachePrefix: 'shop-2:',
      cacheTtlSeconds: 5,
      rabbitmqUrl: 'amqps://broker/shop',
      logLevel: 'debug',
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

  it('counts an empty value as absent', () => {
    const empty = {
      PRODUCTS_DATABASE_URL: '',
      DATABASE_POOL_SIZE: '',
      REDIS_URL: '',
      CACHE_TTL_SECONDS: '',
      LOG_LEVEL: '',
    }

    expect(read(empty)).toEqual(read())
  })

  it.each(['DATABASE_URL', 'RABBITMQ_URL'])('names %s when it is missing', (name) => {
    for (const value of [undefined, '']) {
      expect(messageOf({ [name]: value })).toMatch(new RegExp(`^${name} is not set[^\n]*$`))
    }
  })

  it.each(['DATABASE_URL', 'PRODUCTS_DATABASE_URL', 'ORDERS_DATABASE_URL', 'REDIS_URL', 'RABBITMQ_URL'])(
    'names %s when it is no URL of its kind, and never shows the value',
    (name) => {
      for (const value of ['http://user:secret@host', 'user:secret@host', '//secret', 'secret']) {
        const message = messageOf({ [name]: value })

        expect(message).toMatch(new RegExp(`^${name} must be a URL that begins with [a-z]+://\\.$`))
        expect(message).not.toContain('secret')
      }
    },
  )

  it.each([
    ['DATABASE_POOL_SIZE', ['1', '1000'], ['0', '1001', '-1', '1.5', 'many', '1e2', ' 5']],
    ['CACHE_TTL_SECONDS', ['1', '86400'], ['0', '86401', '-1', '1.5', 'long', '0x10']],
  ])('takes whole numbers within bounds for %s, and names it otherwise', (name, right, wrong) => {
    expect(right.map((value) => messageOf({ [name]: value }))).toEqual([undefined, undefined])
    for (const value of wrong) {
      expect(messageOf({ [name]: value })).toMatch(new RegExp(`^${name} must be a whole number from 1 to`))
    }
  })

  it.each(['trace', 'debug', 'info', 'warn', 'error', 'silent'])('takes the log level %s', (level) => {
    expect(read({ LOG_LEVEL: level }).logLevel).toBe(level)
  })

  it('names LOG_LEVEL and the levels that there are', () => {
    expect(messageOf({ LOG_LEVEL: 'loud' })).toBe(
      'LOG_LEVEL must be one of trace, debug, info, warn, error, silent, not "loud".',
    )
  })
})

describe('the configuration of this process', () => {
  it('is read from the environment once, and stays', () => {
    Object.assign(process.env, least, { REDIS_URL: 'redis://first' })
    const first = configuration()
    process.env.REDIS_URL = 'redis://second'

    expect(first.redisUrl).toBe('redis://first')
    expect(configuration()).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })
})
