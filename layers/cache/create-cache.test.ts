import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Domain } from '@stockroom/database/connection'
import type { LocalTier } from './local-tier.ts'

const settings = { productsRedisUrl: undefined as string | undefined, cacheTtlSeconds: 5 }
const configuration = jest.fn(() => settings)
const broadcastUpdate = jest.fn<typeof import('./updates.ts').broadcastUpdate>()
const receiveUpdates = jest.fn<(domain: Domain, local: LocalTier) => void>()
const redis = {
  status: 'ready',
  get: jest.fn<(key: string) => Promise<string | null>>(),
  eval: async () => 1,
}
const redisConnection = jest.fn((_domain: Domain) => ({ redis, tried: Promise.resolve() }))
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration }))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
jest.unstable_mockModule('./updates.ts', () => ({ broadcastUpdate, receiveUpdates }))
const { sharedCache, twoTierCache } = await import('./create-cache.ts')

const source = {
  name: 'things',
  domain: 'products' as const,
  key: (id: number) => `thing:${id}`,
  load: async () => ({ version: 1, value: 'loaded' }),
  database: async () => 'ours',
  isValue: (copy: unknown): copy is string => typeof copy === 'string',
}
const committed = { version: 2, value: 'new' }

beforeEach(() => {
  settings.productsRedisUrl = 'redis://cache'
  for (const double of [configuration, redisConnection, receiveUpdates]) double.mockClear()
  broadcastUpdate.mockReset().mockResolvedValue()
  redis.get.mockReset().mockResolvedValue(null)
})

describe('a cache in two tiers', () => {
  it('keeps values in process and in Redis', async () => {
    const cache = twoTierCache(source)

    await cache.get(7)

    expect(await cache.get(7)).toMatchObject({ value: 'loaded', hit: true })
    expect(redis.get).toHaveBeenCalledTimes(1)
  })

  it('tells other instances of a new value, and hears of theirs', async () => {
    const cache = twoTierCache(source)
    await cache.set(7, committed)
    const [[domain, local] = []] = receiveUpdates.mock.calls

    local?.write('thing:8', { version: 1, database: 'ours', value: 'of another instance' })

    expect(broadcastUpdate.mock.calls).toEqual([['products', 'thing:7', { ...committed, database: 'ours' }]])
    expect(domain).toBe('products')
    expect(await cache.get(8)).toMatchObject({ value: 'of another instance', hit: true })
  })

  it('hears of nothing on Lambda, where a process stands still, and tells others all the same', async () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'

    await twoTierCache(source).set(7, committed)
    delete process.env.AWS_LAMBDA_RUNTIME_API

    expect(receiveUpdates).not.toHaveBeenCalled()
    expect(broadcastUpdate).toHaveBeenCalledTimes(1)
  })
})

it('a shared cache keeps no copy in process, so that every instance sees the same', async () => {
  const cache = sharedCache(source)

  await cache.get(7)
  await cache.get(7)

  expect(redis.get).toHaveBeenCalledTimes(2)
  expect(receiveUpdates).not.toHaveBeenCalled()
})

describe.each([
  ['in two tiers', twoTierCache],
  ['that is shared', sharedCache],
])('a cache %s', (_, create) => {
  it('is in process alone without a Redis of its domain', async () => {
    settings.productsRedisUrl = undefined
    const cache = create(source)

    await cache.set(7, committed)

    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
    for (const double of [redisConnection, receiveUpdates, broadcastUpdate])
      expect(double).not.toHaveBeenCalled()
  })

  it('reads the configuration when it is used first, not when it is made', async () => {
    const cache = create(source)
    const before = configuration.mock.calls.length

    await cache.get(7)

    expect(before).toBe(0)
    expect(configuration).toHaveBeenCalled()
  })
})
