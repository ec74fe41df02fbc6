import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const settings: { productsRedisUrl?: string; ordersRedisUrl?: string } = {}
const set = jest.fn<(...parameters: unknown[]) => Promise<string>>()
const shared = { redis: { set }, tried: Promise.resolve() }
const redisConnection = jest.fn((_domain: string) => shared)
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration: () => settings }))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
const { cacheAnswers } = await import('./cache-health.ts')

beforeEach(() => {
  Object.assign(settings, { productsRedisUrl: 'redis://cache', ordersRedisUrl: 'redis://cache' })
  set.mockReset().mockResolvedValue('OK')
  redisConnection.mockReset().mockReturnValue(shared)
})

describe('cacheAnswers', () => {
  it('says yes when Redis takes what is written, which it forgets soon', async () => {
    expect(await cacheAnswers()).toBe(true)
    expect(set.mock.calls).toEqual([['health', 'written', 'EX', 10]])
  })

  it.each([
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Command timed out',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica.",
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
  ])('says no when Redis does not: %s', async (message) => {
    set.mockRejectedValue(new Error(message))

    expect(await cacheAnswers()).toBe(false)
  })

  it.each(['products', 'orders'])('says no when only the Redis of %s does not', async (broken) => {
    const refusing = { ...shared, redis: { set: jest.fn<typeof set>().mockRejectedValue(new Error('OOM')) } }
    redisConnection.mockImplementation((domain) => (domain === broken ? refusing : shared))

    expect(await cacheAnswers()).toBe(false)
  })

  it('says yes without a URL, as the cache is in process', async () => {
    Object.assign(settings, { productsRedisUrl: undefined, ordersRedisUrl: undefined })

    expect(await cacheAnswers()).toBe(true)
    expect(redisConnection).not.toHaveBeenCalled()
  })
})
