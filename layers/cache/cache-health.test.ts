import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const settings: { redisUrl: string | undefined } = { redisUrl: undefined }
const ping = jest.fn<() => Promise<string>>()
const redisConnection = jest.fn(() => ({ redis: { ping }, tried: Promise.resolve() }))
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration: () => settings }))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
const { cacheAnswers } = await import('./cache-health.ts')

beforeEach(() => {
  settings.redisUrl = 'redis://cache'
  ping.mockReset().mockResolvedValue('PONG')
  redisConnection.mockClear()
})

describe('cacheAnswers', () => {
  it('says yes when Redis answers', async () => {
    expect(await cacheAnswers()).toBe(true)
    expect(ping).toHaveBeenCalledTimes(1)
  })

  it('says no when Redis does not', async () => {
    ping.mockRejectedValue(new Error("Stream isn't writeable and enableOfflineQueue options is false"))

    expect(await cacheAnswers()).toBe(false)
  })

  it('says yes without REDIS_URL, as the cache is in process', async () => {
    settings.redisUrl = undefined

    expect(await cacheAnswers()).toBe(true)
    expect(redisConnection).not.toHaveBeenCalled()
  })
})
