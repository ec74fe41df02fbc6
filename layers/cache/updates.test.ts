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
  it('tells every instance that shares the prefix', async () => {
    await broadcastUpdate('products', 'product:7', stored)

    expect(redis.publish.mock.calls).toEqual([['shop-2:cache-updates', message]])
  })

  it('goes to the Redis of its domain', async () => {
    await broadcastUpdate('orders', 'order:7', stored)

    expect(redisConnection.mock.calls).toEqual([['orders']])
  })

  it('is left out while Redis is away', async () => {
    redis.status = 'reconnecting'

    await broadcastUpdate('products', 'product:7', stored)

    expect(redis.publish).not.toHaveBeenCalled()
  })

  it('does not fail when Redis does not answer', async () => {
    redis.publish.mockRejectedValue(new Error('Command timed out'))

    await expect(broadcastUpdate('products', 'product:7', stored)).resolves.toBeUndefined()
  })
})

describe('hearing of new values', () => {
  it('begins when the connection is ready', () => {
    receiveUpdates('products', new LocalTier())
    const before = redis.subscribe.mock.calls.length
    redis.emit('ready')

    expect(before).toBe(0)
    expect(redis.subscribe.mock.calls).toEqual([['shop-2:cache-updates']])
  })

  it('listens to the Redis of the domain', () => {
    receiveUpdates('orders', new LocalTier())

    expect(redisConnection.mock.calls).toEqual([['orders']])
  })

  it('writes a value that another instance tells of', () => {
    const local = new LocalTier()
    receiveUpdates('products', local)

    redis.emit('message', 'shop-2:cache-updates', message)

    expect(local.read('product:7')).toEqual(stored)
  })

  it('keeps a newer value that is there', () => {
    const local = new LocalTier()
    local.write('product:7', { version: 4, database: 'ours', value: 'newer' })
    receiveUpdates('products', local)

    redis.emit('message', 'shop-2:cache-updates', message)

    expect(local.read('product:7')).toMatchObject({ version: 4, value: 'newer' })
  })

  it('forgets values after the connection was broken, as it may have missed some, and no version', () => {
    const local = new LocalTier()
    receiveUpdates('products', local)
    local.write('product:7', stored)

    redis.emit('ready')

    expect(local.read('product:7')).toEqual({ version: 3, database: 'ours' })
  })

  it('gives a connection up that leaves the subscription unanswered', async () => {
    redis.subscribe.mockRejectedValue(new Error('Command timed out'))
    receiveUpdates('products', new LocalTier())

    redis.emit('ready')
    await new Promise(setImmediate)

    expect(redis.disconnect.mock.calls).toEqual([[true]])
  })

  it('keeps a connection whose subscription Redis refuses, as it would refuse the next one too', async () => {
    redis.subscribe.mockRejectedValue(new Error('NOPERM No permissions to access a channel'))
    receiveUpdates('products', new LocalTier())

    redis.emit('ready')
    await new Promise(setImmediate)

    expect(redis.disconnect).not.toHaveBeenCalled()
  })

  it.each([
    'hello',
    'null',
    '{}',
    '{"key":"product:7"}',
    '{"key":7,"stored":{"version":1,"database":"ours"}}',
  ])('outlives a message that is none of its own: %s', (text) => {
    receiveUpdates('products', new LocalTier())

    expect(() => redis.emit('message', 'shop-2:cache-updates', text)).not.toThrow()
  })
})
