import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const settings: { redisUrl: string | undefined } = { redisUrl: undefined }
const set = jest.fn<(...parameters: unknown[]) => Promise<string>>()
const redisConnection = jest.fn(() => ({ redis: { set }, tried: Promise.resolve() }))
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration: () => settings }))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
const { cacheAnswers } = await import('./cache-health.ts')

beforeEach(() => {
  settings.redisUrl = 'redis://cache'
  set.mockReset().mockResolvedValue('OK')
  redisConnection.mockClear()
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

  it('says yes without REDIS_URL, as the cache is in process', async () => {
    settings.redisUrl = undefined

    expect(await cacheAnswers()).toBe(true)
    expect(redisConnection).not.toHaveBeenCalled()
  })
})
