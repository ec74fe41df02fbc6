import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { LocalTier } from './local-tier.ts'

process.env.LOG_LEVEL = 'silent'

/** Redis, as much of it as updates need. */
class FakeRedis extends EventEmitter {
  subscribe = jest.fn<(channel: string) => Promise<number>>(async () => 1)
  disconnect = jest.fn<(reconnect: boolean) => void>()
}

let redis: FakeRedis
let local: LocalTier
const openRedis = () => ({ redis })
jest.unstable_mockModule('./redis-connection.ts', () => ({ openRedis, redisConnection: openRedis }))
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({
  configuration: () => ({ cachePrefix: 'shop-2:' }),
}))
const { receiveUpdates } = await import('./updates.ts')

const stored = { version: 3, database: 'ours', value: { id: 7 } }

beforeEach(() => {
  redis = new FakeRedis()
  local = new LocalTier()
  receiveUpdates('orders', local)
})

describe('hearing of new values', () => {
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
