import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'

const configuration = jest.fn(() => ({ productsRedisUrl: 'redis://cache', cacheTtlSeconds: 5 }))
const broadcastUpdate = jest.fn(async () => {})
const receiveUpdates = jest.fn()
const redis = { status: 'ready', get: async () => null, eval: async () => 1 }
const redisConnection = () => ({ redis, tried: Promise.resolve() })
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

beforeEach(() => {
  jest.clearAllMocks()
})

afterEach(() => {
  delete process.env.AWS_LAMBDA_RUNTIME_API
})

it.each([
  ['hears of what other instances commit', undefined, 1],
  ['hears of nothing on Lambda, where a process stands still,', '127.0.0.1:9001', 0],
])('a cache in two tiers %s and tells them of what it does', async (_, lambda, times) => {
  if (lambda) process.env.AWS_LAMBDA_RUNTIME_API = lambda

  await twoTierCache(source).set(7, { version: 2, value: 'new' })

  expect(receiveUpdates).toHaveBeenCalledTimes(times)
  expect(broadcastUpdate).toHaveBeenCalledTimes(1)
})

it.each([
  ['in two tiers', twoTierCache],
  ['that is shared', sharedCache],
])('a cache %s reads the configuration when it is used first, not when it is made', async (_, create) => {
  const cache = create(source)
  const before = configuration.mock.calls.length

  await cache.get(7)

  expect(before).toBe(0)
  expect(configuration).toHaveBeenCalled()
})
