import { expect, it, jest } from '@jest/globals'

const redisConnection = jest.fn()
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection }))
const { cacheAnswers } = await import('./cache-health.ts')

it('a cache in process is up, and nobody looks for a Redis', async () => {
  expect(await cacheAnswers()).toBe(true)
  expect(redisConnection).not.toHaveBeenCalled()
})
