import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Domain } from '@stockroom/database/connection'
import { LocalTier } from './local-tier.ts'

process.env.LOG_LEVEL = 'silent'

/** Redis, as much of it as updates need. */
class FakeRedis extends EventEmitter {
  status = 'ready'
  publish = jest.fn<(channel: string, message: string) => Promise<number>>(async () => 1)
  subscribe = jest.fn<(channel: string) => Promise<number>>(async () => 1)
  disconnect = jest.fn<(reconnect: boolean) => void>()
}

let redis: FakeRedis
const redisConnection = jest.fn((_domain: Domain) => ({ redis, tried: Promise.resolve() }))
const openRedis = jest.fn((_name: string, domain: Domain) => redisConnection(domain))
jest.unstable_mockModule('./redis-connection.ts', () => ({ redisConnection, openRedis }))
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({
  configuration: () => ({ cachePrefix: 'shop-2:' }),
}))
const { broadcastUpdate, receiveUpdates } = await import('./updates.ts')

const stored = { version: 3, database: 'ours', value: { id: 7 } }
const message = JSON.stringify({ key: 'product:7', stored })

beforeEach(() => {
  redis = new FakeRedis()
  redisConnection.mockClear()
})

describe('telling of a new value', () => {
  it('tells every instance that shares the prefix, in the Redis of its domain', async () => {
    await broadcastUpdate('orders', 'product:7', stored)

    expect(redis.publish.mock.calls).toEqual([['shop-2:cache-updates', message]])
    expect(redisConnection.mock.calls).toEqual([['orders']])
  })

  it('is left out while Redis is away, and does not fail when it does not answer', async () => {
    redis.publish.mockRejectedValue(new Error('Command timed out'))
    await broadcastUpdate('products', 'product:7', stored)
    redis.status = 'reconnecting'
    await broadcastUpdate('products', 'product:7', stored)

    expect(redis.publish).toHaveBeenCalledTimes(1)
  })
})

describe('hearing of new values', () => {
  let local: LocalTier

  beforeEach(() => {
    local = new LocalTier()
    receiveUpdates('orders', local)
  })

  it('begins when the connection to the Redis of the domain is ready', () => {
    const before = redis.subscribe.mock.calls.length
    redis.emit('ready')

    expect(before).toBe(0)
    expect(redis.subscribe.mock.calls).toEqual([['shop-2:cache-updates']])
    expect(redisConnection.mock.calls).toEqual([['orders']])
  })

  it('writes a value that another instance tells of, unless a newer one is there', () => {
    redis.emit('message', 'shop-2:cache-updates', message)
    const heard = local.read('product:7')
    local.write('product:7', { ...stored, version: 4 })
    redis.emit('message', 'shop-2:cache-updates', message)

    expect(heard).toEqual(stored)
    expect(local.read('product:7')).toMatchObject({ version: 4 })
  })

  it('forgets values after the connection was broken, as it may have missed some, and no version', () => {
    local.write('product:7', stored)

    redis.emit('ready')

    expect(local.read('product:7')).toEqual({ version: 3, database: 'ours' })
  })

  it.each([
    ['gives a connection up that leaves the subscription unanswered', 'Command timed out', [[true]]],
    ['keeps one whose subscription Redis refuses, as it would refuse the next one too', 'NOPERM', []],
  ])('%s', async (_, reason, reconnects) => {
    redis.subscribe.mockRejectedValue(new Error(reason))

    redis.emit('ready')
    await new Promise(setImmediate)

    expect(redis.disconnect.mock.calls).toEqual(reconnects)
  })

  it.each(['hello', 'null', '{"key":"a"}', '{"key":7,"stored":{"version":1,"database":"ours"}}'])(
    'outlives a message that is none of its own: %s',
    (text) => {
      expect(() => redis.emit('message', 'shop-2:cache-updates', text)).not.toThrow()
    },
  )
})
