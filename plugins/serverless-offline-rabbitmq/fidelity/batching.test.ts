import { describe, expect, it, jest } from '@jest/globals'
import { PAYLOAD_LIMIT } from '../event/payload-size.ts'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { readMapping as read } from '../fixtures/rabbitmq-events.ts'
import { standingClock } from '../fixtures/standing-clock.ts'
import { settled, startedPoller } from '../fixtures/started-poller.ts'

standingClock()

const MEGABYTE = 1024 * 1024
const sizeOf = (event: unknown) => Buffer.byteLength(JSON.stringify(event))

describe(documentedAs('Batch size'), () => {
  it('is 100 by default, 1 at least and 10,000 at most', () => {
    const sizes = [{}, { batchSize: 1 }, { batchSize: 10_000 }].map((members) => read(members).batchSize)

    expect(sizes).toEqual([100, 1, 10_000])
    for (const batchSize of [0, 10_001, '5'])
      expect(() => read({ batchSize })).toThrow(
        `Function "reduce": rabbitmq.batchSize must be an integer from 1 to 10000, not ${JSON.stringify(batchSize)}`,
      )
  })

  it('is met: the function is invoked at once', async () => {
    const { channel, batches } = await startedPoller()

    channel.deliver(3)
    await settled()

    expect(batches()).toEqual([[1, 2, 3]])
  })
})

describe(documentedAs('Batching window'), () => {
  it('is 500 ms by default, and 0 to 300 seconds in increments of seconds', () => {
    const windows = [undefined, 0, 300].map(
      (maximumBatchingWindow) => read({ maximumBatchingWindow }).batchingWindowMs,
    )

    expect(windows).toEqual([500, 0, 300_000])
    for (const maximumBatchingWindow of [-1, 301, 0.5])
      expect(() => read({ maximumBatchingWindow })).toThrow(
        `Function "reduce": rabbitmq.maximumBatchingWindow must be an integer from 0 to 300, not ${maximumBatchingWindow}`,
      )
  })

  it('begins as soon as the first record arrives; the function is invoked when it reaches its maximum', async () => {
    const { channel, batches } = await startedPoller({ batchingWindowMs: 300000 })
    await jest.advanceTimersByTimeAsync(1000)
    channel.deliver(1)
    await jest.advanceTimersByTimeAsync(299_000)
    channel.deliver(1)
    await jest.advanceTimersByTimeAsync(999)
    expect(batches()).toEqual([])

    await jest.advanceTimersByTimeAsync(1)

    expect(batches()).toEqual([[1, 2]])
  })

  it('is 0: whatever is there is sent at once', async () => {
    const { channel, batches } = await startedPoller({ batchingWindowMs: 0 })

    channel.deliver(2)
    await settled()

    expect(batches()).toEqual([[1, 2]])
  })
})

describe(documentedAs('Payload'), () => {
  it('reaches 6 MB: the batch ends before the message that would exceed it', async () => {
    const { channel, invoke } = await startedPoller()

    for (let sent = 0; sent < 3; sent++) channel.deliverBody(Buffer.alloc(2 * MEGABYTE))
    await settled()

    const [event] = invoke.mock.calls[0] ?? []
    expect(event?.rmqMessagesByQueue['stock::/']).toHaveLength(2)
    expect(sizeOf(event)).toBeLessThanOrEqual(PAYLOAD_LIMIT)
  })
})

describe(documentedAs('A message above 6 MB'), () => {
  it('is dropped, here with a warning, when it exceeds alone what an event has room for: 6,291,456 bytes of JSON', async () => {
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

  it('is dropped before anything reads it where its body alone is too large', async () => {
    const passes = jest.fn(() => true)
    const { channel, invoke, log } = await startedPoller({ passes })

    channel.deliverBody(Buffer.alloc(PAYLOAD_LIMIT + 1))
    await settled()

    expect([passes, invoke].map(({ mock }) => mock.calls.length)).toEqual([0, 0])
    expect(channel.told.slice(2)).toEqual(['ack 1 '])
    expect(log.warning).toHaveBeenCalledWith(expect.stringContaining('dropped a message of 6291457 bytes'))
  })
})

describe(documentedAs('A message above 512 KiB'), () => {
  it('would have been refused by Amazon MQ with its default of 524,288 bytes; here it is handed over, with one warning', async () => {
    const { channel, batches, log } = await startedPoller()

    for (const bytes of [524_288, 524_289, 600_000]) channel.deliverBody(Buffer.alloc(bytes))
    await settled()

    expect(batches()).toHaveLength(1)
    expect(log.warning.mock.calls).toEqual([
      [
        '(λ: reduce) queue stock: a message of 524289 bytes: Amazon MQ refuses more than 524288 by default (max_message_size)',
      ],
    ])
  })
})

describe(documentedAs('Concurrency'), () => {
  it('is limited to 1 per event source mapping', async () => {
    const { channel, batches, invocations } = await startedPoller()
    channel.deliver(3)
    await settled()
    channel.deliver(3)
    await jest.advanceTimersByTimeAsync(10_000)
    expect(batches()).toEqual([[1, 2, 3]])

    invocations[0]?.resolve(undefined)
    await settled()

    expect(batches()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })
})
