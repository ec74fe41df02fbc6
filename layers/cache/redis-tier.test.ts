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
const parameters = () => redis.eval.mock.calls.map(([, ...rest]) => rest)
const operations = [
  ['read', () => tier().read('a')],
  ['write', () => tier().write('a', { version: 1, value: 'A' })],
  ['invalidate', () => tier().invalidate('a')],
] as const

beforeEach(() => {
  redis.status = 'ready'
  redis.get.mockReset().mockResolvedValue(null)
  redis.eval.mockReset().mockResolvedValue(1)
  redis.disconnect.mockReset()
  tried = Promise.resolve()
})

describe('the tier in Redis', () => {
  it('reads what is there', async () => {
    redis.get.mockResolvedValue('{"version":3,"value":{"id":7}}')

    expect(await tier().read('product:7')).toEqual({ version: 3, value: { id: 7 } })
    expect(redis.get.mock.calls).toEqual([['product:7']])
  })

  it('knows nothing of what is not there', async () => {
    expect(await tier().read('product:7')).toBeUndefined()
  })

  it('reads a version that is there without a value', async () => {
    redis.get.mockResolvedValue('{"version":4}')

    expect(await tier().read('product:7')).toEqual({ version: 4 })
  })

  it.each(['hello', '{"version":3,"value":', '', '5', 'null', '[]', '{"value":1}', '{"version":"3"}'])(
    'knows nothing of an entry that somebody else wrote: %j',
    async (text) => {
      redis.get.mockResolvedValue(text)

      expect(await tier().read('product:7')).toBeUndefined()
    },
  )

  it('writes a value with its version first, for its time to live', async () => {
    await tier(30).write('product:7', { value: { id: 7 }, version: 3 })

    expect(parameters()).toEqual([[1, 'product:7', 3, '{"version":3,"value":{"id":7}}', 30]])
  })

  it('writes that there is nothing', async () => {
    await tier().write('product:7', { version: 3, value: null })

    expect(parameters()).toEqual([[1, 'product:7', 3, '{"version":3,"value":null}', 60]])
  })

  it.each([
    [60, 60],
    [1, 10],
  ])('with a time to live of %d s keeps a raised version for %d s', async (ttlSeconds, markSeconds) => {
    await tier(ttlSeconds).invalidate('product:7')

    expect(parameters()).toEqual([[1, 'product:7', markSeconds]])
  })

  it.each(operations)('waits with a %s until the first attempt to connect has ended', async (_, operate) => {
    let end = () => {}
    tried = new Promise((resolve) => {
      end = resolve
    })
    redis.status = 'connecting'

    const outcome = operate()
    await new Promise(setImmediate)
    const asked = redis.get.mock.calls.length + redis.eval.mock.calls.length
    redis.status = 'ready'
    end()
    await outcome

    expect(asked).toBe(0)
    expect(redis.get.mock.calls.length + redis.eval.mock.calls.length).toBe(1)
  })
})

describe('while Redis is away', () => {
  it.each(operations)('a %s does nothing, at once', async (_, operate) => {
    redis.status = 'reconnecting'

    expect(await operate()).toBeUndefined()
    expect(redis.get).not.toHaveBeenCalled()
    expect(redis.eval).not.toHaveBeenCalled()
  })

  it.each(operations)('a %s that fails does not fail who asked', async (_, operate) => {
    redis.get.mockRejectedValue(new Error('READONLY'))
    redis.eval.mockRejectedValue(new Error('READONLY'))

    expect(await operate()).toBeUndefined()
    expect(redis.disconnect).not.toHaveBeenCalled()
  })

  it.each(operations)(
    'a %s that times out makes it connect anew, so that the next waits for nothing',
    async (_, operate) => {
      redis.get.mockRejectedValue(new Error('Command timed out'))
      redis.eval.mockRejectedValue(new Error('Command timed out'))

      expect(await operate()).toBeUndefined()
      expect(redis.disconnect.mock.calls).toEqual([[true]])
    },
  )

  it('a failure that is no error is one as well', async () => {
    redis.get.mockRejectedValue('gone')

    expect(await tier().read('a')).toBeUndefined()
  })
})
