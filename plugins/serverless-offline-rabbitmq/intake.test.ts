import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { compileFilter } from './filter-pattern.ts'
import { settled, setUpTold, startedPoller } from './fixtures/started-poller.ts'
import { PAYLOAD_LIMIT } from './payload-size.ts'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

const MEGABYTE = 1024 * 1024
const sizeOf = (event: unknown) => Buffer.byteLength(JSON.stringify(event))

describe('filterPatterns', () => {
  it('acknowledge unmatched messages when filtering them, and leave their place in the batch to others', async () => {
    const passes = compileFilter([{ data: ['yes'] }])
    const { channel, invoke } = await startedPoller({ passes })

    for (const body of ['no', 'yes', 'no', 'yes', 'yes']) channel.deliverBody(body)
    await settled()

    const data = Buffer.from('yes').toString('base64')
    expect(channel.told).toEqual([...setUpTold, 'ack 1 ', 'ack 3 '])
    expect(invoke.mock.calls.map(([event]) => event.rmqMessagesByQueue['stock::/'])).toMatchObject([
      [{ data }, { data }, { data }],
    ])
  })
})

describe('the payload limit of 6 MB', () => {
  it('ends a batch before the message that would exceed it', async () => {
    const { channel, invoke } = await startedPoller()

    for (let sent = 0; sent < 3; sent++) channel.deliverBody(Buffer.alloc(2 * MEGABYTE))
    await settled()

    const [event] = invoke.mock.calls[0] ?? []
    expect(event?.rmqMessagesByQueue['stock::/']).toHaveLength(2)
    expect(sizeOf(event)).toBeLessThanOrEqual(PAYLOAD_LIMIT)
  })

  it('lets a message through that fits to the byte, and drops one of a byte more with a warning', async () => {
    const { channel, invoke, batches, invocations, log } = await startedPoller({ batchSize: 1 })
    channel.deliverBody('')
    await settled()
    const [empty] = invoke.mock.calls[0] ?? []
    // Base64 makes four characters of three bytes, and bodySize has six more digits.
    const largest = Math.floor((PAYLOAD_LIMIT - sizeOf(empty) - 6) / 4) * 3
    invocations[0]?.resolve(undefined)
    await settled()

    channel.deliverBody(Buffer.alloc(largest))
    channel.deliverBody(Buffer.alloc(largest + 1))
    await settled()

    expect(batches()).toHaveLength(2)
    expect(PAYLOAD_LIMIT - sizeOf(invoke.mock.calls[1]?.[0])).toBeLessThan(4)
    expect(channel.told.slice(2)).toEqual(['ack 1 and before', 'ack 3 '])
    expect(log.warning).toHaveBeenCalledWith(
      expect.stringMatching(
        /^\(λ: reduce\) queue stock: dropped a message of \d+ bytes: an event has at most 6291456$/,
      ),
    )
  })
})
