import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Domain } from '@stockroom/database/connection'
import type { LocalTier } from './local-tier.ts'

const settings = {
  productsRedisUrl: undefined as string | undefined,
  ordersRedisUrl: undefined as string | undefined,
  cacheTtlSeconds: 5,
}
const configuration = jest.fn(() => settings)
const broadcastUpdate = jest.fn<typeof import('./updates.ts').broadcastUpdate>()
const receiveUpdates = jest.fn<(domain: Domain, local: LocalTier) => void>()
const redis = {
  status: 'ready',
  get: jest.fn<(key: string) => Promise<string | null>>(),
  eval: jest.fn<(...parameters: unknown[]) => Promise<number>>(),
}
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration }))
const redisConnection = jest.fn((_domain: Domain) => ({ redis, tried: Promise.resolve() }))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
jest.unstable_mockModule('./updates.ts', () => ({ broadcastUpdate, receiveUpdates }))
const { sharedCache, twoTierCache } = await import('./create-cache.ts')

const load = jest.fn<(id: number) => Promise<{ version?: number; value: string }>>()
const source = {
  name: 'things',
  domain: 'products' as const,
  key: (id: number) => `thing:${id}`,
  load,
  database: async () => 'ours',
  isValue: (copy: unknown): copy is string => typeof copy === 'string',
}

beforeEach(() => {
  settings.productsRedisUrl = 'redis://cache'
  settings.ordersRedisUrl = 'redis://cache-of-orders'
  redisConnection.mockClear()
  configuration.mockClear()
  load.mockReset().mockResolvedValue({ version: 1, value: 'loaded' })
  broadcastUpdate.mockReset().mockResolvedValue()
  receiveUpdates.mockReset()
  redis.get.mockReset().mockResolvedValue(null)
  redis.eval.mockReset().mockResolvedValue(1)
})

describe('a cache in two tiers', () => {
  it('keeps values in process and in Redis, there for the time to live', async () => {
    const cache = twoTierCache(source)

    await cache.get(7)
    const second = await cache.get(7)

    expect(second).toMatchObject({ value: 'loaded', hit: true })
    expect(redis.get).toHaveBeenCalledTimes(1)
    expect(redis.eval.mock.calls.map(([, ...rest]) => rest)).toEqual([
      [1, 'thing:7', 1, 'ours', '{"version":1,"database":"ours","value":"loaded"}', 5],
    ])
  })

  it('hears of nothing on Lambda, where a process stands still, and tells others all the same', async () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    const cache = twoTierCache(source)

    await cache.set(7, { version: 2, value: 'new' })
    delete process.env.AWS_LAMBDA_RUNTIME_API

    expect(receiveUpdates).not.toHaveBeenCalled()
    expect(broadcastUpdate).toHaveBeenCalledTimes(1)
  })

  it('tells other instances of a new value, and hears of theirs', async () => {
    const cache = twoTierCache(source)
    await cache.set(7, { version: 2, value: 'new' })

    receiveUpdates.mock.calls[0]?.[1].write('thing:8', {
      version: 1,
      database: 'ours',
      value: 'of another instance',
    })

    expect(broadcastUpdate.mock.calls).toEqual([
      ['products', 'thing:7', { version: 2, database: 'ours', value: 'new' }],
    ])
    expect(await cache.get(8)).toMatchObject({ value: 'of another instance', hit: true })
  })

  it('works in process alone without a Redis of its domain', async () => {
    settings.productsRedisUrl = undefined
    const cache = twoTierCache(source)

    await cache.set(7, { version: 2, value: 'new' })

    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
    expect(redis.eval).not.toHaveBeenCalled()
    expect(receiveUpdates).not.toHaveBeenCalled()
    expect(broadcastUpdate).not.toHaveBeenCalled()
  })
})

describe('a shared cache', () => {
  it('keeps no copy in process, so that every instance sees the same', async () => {
    const cache = sharedCache(source)

    await cache.get(7)
    await cache.get(7)

    expect(redis.get).toHaveBeenCalledTimes(2)
    expect(receiveUpdates).not.toHaveBeenCalled()
  })

  it('is in process without a Redis of its domain', async () => {
    settings.productsRedisUrl = undefined
    const cache = sharedCache(source)

    await cache.get(7)

    expect(await cache.get(7)).toMatchObject({ value: 'loaded', hit: true })
    expect(redis.get).not.toHaveBeenCalled()
  })
})

describe('every cache', () => {
  it.each([
    ['two tiers', twoTierCache],
    ['shared', sharedCache],
  ])('is in the Redis of its domain: %s', async (_, create) => {
    await create({ ...source, domain: 'orders' }).get(7)

    expect(new Set(redisConnection.mock.calls.flat())).toEqual(new Set(['orders']))
  })

  it.each([
    ['two tiers', twoTierCache],
    ['shared', sharedCache],
  ])('reads the configuration when it is used first, not when it is made: %s', async (_, create) => {
    const cache = create(source)
    const before = configuration.mock.calls.length

    await cache.get(7)

    expect(before).toBe(0)
    expect(configuration).toHaveBeenCalled()
  })
})
