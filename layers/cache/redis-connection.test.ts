import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

const logged: string[] = []
const note = (details: object | string, text?: string) => logged.push(text ?? String(details))
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log: { info: note, warn: note } }))
const old = 'rediss://shop:old@cache:6379'
const rotated = 'rediss://shop:rotated@cache:6379'
const settings = { productsRedisUrl: old, ordersRedisUrl: old, cachePrefix: '' }
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
  logged.length = 0
  distrustSecrets.mockReset()
  Object.assign(settings, { productsRedisUrl: old, ordersRedisUrl: old })
})
afterEach(async () => {
  jest.restoreAllMocks()
  await shutDown()
})

describe('redisConnection', () => {
  it('is one for each URL, and the old one ends when the URL has another password', () => {
    const shared = redisConnection('products')
    const isShared = redisConnection('orders') === shared
    settings.ordersRedisUrl = 'redis://orders'
    const ofOrders = redisConnection('orders')
    const both = [redisConnection('products'), redisConnection('orders')]
    settings.productsRedisUrl = rotated
    redisConnection('products')

    expect(isShared).toBe(true)
    expect(both).toEqual([shared, ofOrders])
    expect(opened.map(({ url }) => url)).toEqual([old, 'redis://orders', rotated])
    expect(opened.map(({ disconnect }) => disconnect.mock.calls.length)).toEqual([1, 0, 0])
  })

  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 1],
    ['NOAUTH Authentication required.', 1],
    ['connect ECONNREFUSED', 0],
  ])('hears "%s" and distrusts the secrets %i times', (message, times) => {
    redisConnection('products')

    opened[0]?.emit('error', new Error(message))

    expect(distrustSecrets).toHaveBeenCalledTimes(times)
  })

  it('says once that it is lost, and once that it is back', () => {
    redisConnection('products')
    for (const event of ['ready', 'error', 'error', 'ready', 'ready'])
      opened[0]?.emit(event, new Error('connect ECONNREFUSED'))

    expect(logged).toEqual(['redis connection lost', 'redis connection is back'])
  })

  it('connects anew when the server has become a replica, as after a failover, every five seconds at most', () => {
    redisConnection('products')
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
