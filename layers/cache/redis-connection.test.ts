import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

process.env.LOG_LEVEL = 'silent'
const settings = { redisUrl: 'rediss://shop:old@cache:6379', cachePrefix: '' }
const distrustSecrets = jest.fn()
const opened: FakeRedis[] = []

class FakeRedis extends EventEmitter {
  readonly url: string
  readonly options: { reconnectOnError(error: Error): boolean }
  disconnect = jest.fn()

  constructor(url: string, options: FakeRedis['options']) {
    super()
    this.url = url
    this.options = options
    opened.push(this)
  }
}
jest.unstable_mockModule('ioredis', () => ({ Redis: FakeRedis }))
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({ configuration: () => settings }))
jest.unstable_mockModule('@stockroom/runtime/secrets', () => ({ distrustSecrets }))
const { shutDown } = await import('@stockroom/runtime/shutdown')
const { redisConnection } = await import('./redis-connection.ts')

beforeEach(() => {
  opened.length = 0
  distrustSecrets.mockReset()
  settings.redisUrl = 'rediss://shop:old@cache:6379'
})
afterEach(async () => {
  jest.restoreAllMocks()
  await shutDown()
})

describe('redisConnection', () => {
  it('is one connection for the whole process', () => {
    expect(redisConnection()).toBe(redisConnection())
    expect(opened).toHaveLength(1)
  })

  it('is another one when the URL has another password, and the old one ends', () => {
    redisConnection()
    settings.redisUrl = 'rediss://shop:rotated@cache:6379'

    redisConnection()

    expect(opened.map(({ url }) => url)).toEqual([
      'rediss://shop:old@cache:6379',
      'rediss://shop:rotated@cache:6379',
    ])
    expect(opened[0]?.disconnect).toHaveBeenCalledTimes(1)
    expect(opened[1]?.disconnect).not.toHaveBeenCalled()
  })

  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 1],
    ['NOAUTH Authentication required.', 1],
    ['connect ECONNREFUSED', 0],
  ])('hears "%s" and distrusts the secrets %i times', (message, times) => {
    redisConnection()

    opened[0]?.emit('error', new Error(message))

    expect(distrustSecrets).toHaveBeenCalledTimes(times)
  })

  it('connects anew when the server has become a replica, as after a failover, every five seconds at most', () => {
    redisConnection()
    const now = jest.spyOn(performance, 'now').mockReturnValue(10_000)
    const reconnectsAt = (ms: number, message: string) => {
      now.mockReturnValue(ms)
      return opened[0]?.options.reconnectOnError(new Error(message))
    }
    const readOnly = "READONLY You can't write against a read only replica. script: 2a6c, on @user_script:5."

    expect([
      reconnectsAt(10_000, "OOM command not allowed when used memory > 'maxmemory'."),
      reconnectsAt(10_000, readOnly),
      reconnectsAt(14_999, readOnly),
      reconnectsAt(15_000, readOnly),
    ]).toEqual([false, true, false, true])
  })
})
