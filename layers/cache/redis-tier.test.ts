import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { RedisConnection } from './redis-connection.ts'
import { RedisTier } from './redis-tier.ts'

const redis = {
  status: 'ready',
  get: jest.fn<(key: string) => Promise<string | null>>(),
  eval: jest.fn<(...parameters: unknown[]) => Promise<number>>(),
  disconnect: jest.fn<(reconnect: boolean) => void>(),
}
let tried: Promise<void>
const tier = (ttlSeconds = 60) =>
  new RedisTier(() => ({ redis, tried }) as unknown as RedisConnection, ttlSeconds)
beforeEach(() => {
  redis.status = 'ready'
  redis.get.mockReset().mockResolvedValue(null)
  redis.eval.mockReset().mockResolvedValue(1)
  redis.disconnect.mockReset()
  tried = Promise.resolve()
})

describe('the tier in Redis', () => {
  it.each([
    'null',
    '{"version":3,"database":null,"value":1}',
    '{"version":"3","database":"ours","value":1}',
    '{"version":-1,"database":"ours","value":1}',
    '{"version":9007199254740993,"database":"ours","value":1}',
  ])('knows nothing of an entry that somebody else wrote: %j', async (text) => {
    redis.get.mockResolvedValue(text)

    expect(await tier().read('product:7')).toBeUndefined()
  })

  it.each([
    [60, 60],
    [1, 10],
  ])('with a time to live of %d s keeps a raised version for %d s', async (ttlSeconds, markSeconds) => {
    await tier(ttlSeconds).invalidate('product:7', 'ours')

    expect(redis.eval.mock.lastCall?.at(-1)).toBe(markSeconds)
  })
})

describe('whoever asks Redis', () => {
  it('waits until the first attempt to connect has ended', async () => {
    const { promise, resolve: end } = Promise.withResolvers<void>()
    tried = promise
    redis.status = 'connecting'

    const outcome = tier().read('a')
    await new Promise(setImmediate)
    const before = redis.get.mock.calls.length
    redis.status = 'ready'
    end()
    await outcome

    expect([before, redis.get.mock.calls.length]).toEqual([0, 1])
  })

  it('hears nothing, at once, while it is away', async () => {
    redis.status = 'reconnecting'

    expect(await tier().read('a')).toBeUndefined()
    expect(redis.get).not.toHaveBeenCalled()
  })

  it.each([
    ['fails', 'READONLY', []],
    ['times out, which makes Redis connect anew', 'Command timed out', [[true]]],
  ])('does not fail for a command that %s', async (_, message, reconnects) => {
    redis.get.mockRejectedValue(new Error(message))

    expect(await tier().read('a')).toBeUndefined()
    expect(redis.disconnect.mock.calls).toEqual(reconnects)
  })
})

it('an invalidation that Redis refuses is remembered for the ten thousand entries of last', async () => {
  redis.eval.mockRejectedValue(new Error("OOM command not allowed when used memory > 'maxmemory'."))
  redis.get.mockResolvedValue('{"version":3,"database":"ours","value":"old"}')
  const local = tier()

  for (let id = 0; id <= 10_000; id += 1) await local.invalidate(`orders:product:${id}`, 'ours')

  expect(await local.read('orders:product:1')).toBeUndefined()
  expect(await local.read('orders:product:0')).toMatchObject({ value: 'old' })
})
