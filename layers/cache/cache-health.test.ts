import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const settings: { productsRedisUrl?: string; ordersRedisUrl?: string } = {}
const connection = (set: () => Promise<string>) => ({ redis: { set }, tried: Promise.resolve() })
const taking = connection(async () => 'OK')
// As Redis says that it is full, or a replica.
const refusing = connection(() => Promise.reject(new Error('OOM command not allowed')))
const redisConnection = jest.fn((_domain: string) => taking)
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration: () => settings }))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
const { cacheAnswers } = await import('./cache-health.ts')

beforeEach(() => {
  Object.assign(settings, { productsRedisUrl: 'redis://cache', ordersRedisUrl: 'redis://cache' })
  redisConnection.mockReset().mockReturnValue(taking)
})

describe('cacheAnswers', () => {
  it('says yes when Redis takes what is written', async () => {
    expect(await cacheAnswers()).toBe(true)
  })

  it.each(['products', 'orders'])('says no when only the Redis of %s does not', async (broken) => {
    redisConnection.mockImplementation((domain) => (domain === broken ? refusing : taking))

    expect(await cacheAnswers()).toBe(false)
  })

  it('says yes without a URL, as the cache is in process', async () => {
    Object.assign(settings, { productsRedisUrl: undefined, ordersRedisUrl: undefined })

    expect(await cacheAnswers()).toBe(true)
    expect(redisConnection).not.toHaveBeenCalled()
  })
})
