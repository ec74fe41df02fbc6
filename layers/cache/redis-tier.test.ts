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
  ['write', () => tier().write('a', { version: 1, database: 'ours', value: 'A' })],
  ['invalidate', () => tier().invalidate('a', 'ours')],
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
    redis.get.mockResolvedValue('{"version":3,"database":"ours","value":{"id":7}}')

    expect(await tier().read('product:7')).toEqual({ version: 3, database: 'ours', value: { id: 7 } })
    expect(redis.get.mock.calls).toEqual([['product:7']])
  })

  it('knows nothing of what is not there', async () => {
    expect(await tier().read('product:7')).toBeUndefined()
  })

  it('reads a version that is there without a value', async () => {
    redis.get.mockResolvedValue('{"version":4,"database":"ours"}')

    expect(await tier().read('product:7')).toEqual({ version: 4, database: 'ours' })
  })

  it.each([
    'hello',
    '',
    '5',
    'null',
    '[]',
    '{"version":3,"database":"ours","value":',
    '{"database":"ours","value":1}',
    '{"version":3,"value":1}',
    '{"version":3,"database":null,"value":1}',
    '{"version":"3","database":"ours","value":1}',
    '{"version":-1,"database":"ours","value":1}',
    '{"version":1.5,"database":"ours","value":1}',
    '{"version":1e300,"database":"ours","value":1}',
    '{"version":9007199254740993,"database":"ours","value":1}',
  ])('knows nothing of an entry that somebody else wrote: %j', async (text) => {
    redis.get.mockResolvedValue(text)

    expect(await tier().read('product:7')).toBeUndefined()
  })

  it('writes a value with its version and its database first, for its time to live', async () => {
    await tier(30).write('product:7', { value: { id: 7 }, database: 'ours', version: 3 })

    const text = '{"version":3,"database":"ours","value":{"id":7}}'
    expect(parameters()).toEqual([[1, 'product:7', 3, 'ours', text, 30]])
  })

  it('writes that there is nothing', async () => {
    await tier().write('product:7', { version: 3, database: 'ours', value: null })

    const text = '{"version":3,"database":"ours","value":null}'
    expect(parameters()).toEqual([[1, 'product:7', 3, 'ours', text, 60]])
  })

  it.each([
    [60, 60],
    [1, 10],
  ])('with a time to live of %d s keeps a raised version for %d s', async (ttlSeconds, markSeconds) => {
    await tier(ttlSeconds).invalidate('product:7', 'ours')

    expect(parameters()).toEqual([[1, 'product:7', 'ours', markSeconds]])
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

    expect(await operate()).toBeFalsy()
    expect(redis.get).not.toHaveBeenCalled()
    expect(redis.eval).not.toHaveBeenCalled()
  })

  it.each(operations)('a %s that fails does not fail who asked', async (_, operate) => {
    redis.get.mockRejectedValue(new Error('READONLY'))
    redis.eval.mockRejectedValue(new Error('READONLY'))

    expect(await operate()).toBeFalsy()
    expect(redis.disconnect).not.toHaveBeenCalled()
  })

  it.each(operations)(
    'a %s that times out makes it connect anew, so that the next waits for nothing',
    async (_, operate) => {
      redis.get.mockRejectedValue(new Error('Command timed out'))
      redis.eval.mockRejectedValue(new Error('Command timed out'))

      expect(await operate()).toBeFalsy()
      expect(redis.disconnect.mock.calls).toEqual([[true]])
    },
  )

  it('a failure that is no error is one as well', async () => {
    redis.get.mockRejectedValue('gone')

    expect(await tier().read('a')).toBeUndefined()
  })
})

describe('an invalidation that Redis refuses', () => {
  const text = '{"version":3,"database":"ours","value":"old"}'
  const refused = new Error("OOM command not allowed when used memory > 'maxmemory'.")
  let local: RedisTier

  beforeEach(async () => {
    redis.get.mockResolvedValue(text)
    redis.eval.mockRejectedValue(refused)
    local = tier()
    await local.invalidate('orders:product:7', 'ours')
    redis.eval.mockClear()
  })

  it('keeps the process from reading the old entry', async () => {
    expect(await local.read('orders:product:7')).toBeUndefined()
    expect(redis.get).not.toHaveBeenCalled()
  })

  it('keeps it from no other entry', async () => {
    expect(await local.read('orders:product:8')).toMatchObject({ value: 'old' })
    expect(redis.eval).not.toHaveBeenCalled()
  })

  it('is made good before the entry is read again, once', async () => {
    redis.eval.mockResolvedValue(1)
    redis.get.mockResolvedValue('{"version":4,"database":"ours"}')

    const reads = [await local.read('orders:product:7'), await local.read('orders:product:7')]

    expect(reads).toEqual(new Array(2).fill({ version: 4, database: 'ours' }))
    expect(parameters()).toEqual([[1, 'orders:product:7', 'ours', 60]])
  })

  it('is remembered for the ten thousand entries of last', async () => {
    for (let id = 1; id <= 10_000; id += 1) await local.invalidate(`orders:product:1${id}`, 'ours')

    expect(await local.read('orders:product:110000')).toBeUndefined()
    expect(await local.read('orders:product:7')).toMatchObject({ value: 'old' })
  })
})
