import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { FakeChannel, settled, setUpTold, startedPoller } from '../fixtures/started-poller.ts'
import type { ConsumerChannel } from './subscription.ts'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('an interruption', () => {
  it('by a cancelled consumer is followed by a new subscription', async () => {
    const { channel, channels, batches, log } = await startedPoller()
    const second = new FakeChannel()
    channels.push(second)

    channel.cancelByBroker()
    await jest.advanceTimersByTimeAsync(250)
    second.deliver(3)
    await settled()

    expect(channel.told).toEqual([...setUpTold, 'close'])
    expect(batches()).toEqual([[1, 2, 3]])
    expect(log.warning.mock.calls).toEqual([
      ['(λ: reduce) queue stock: polling interrupted: the broker cancelled the consumer'],
      ['(λ: reduce) queue stock: polling again'],
    ])
  })

  it('by a closed channel leaves the running batch to the broker', async () => {
    const { channel, channels, invocations, log } = await startedPoller()
    const second = new FakeChannel()
    channels.push(second)
    channel.deliver(3)
    await settled()

    channel.emit('error', new Error('PRECONDITION_FAILED'))
    channel.emit('close')
    invocations[0]?.resolve(undefined)
    await jest.advanceTimersByTimeAsync(250)

    expect(channel.told).toEqual(setUpTold)
    expect(second.told).toEqual(setUpTold)
    expect(log.warning).toHaveBeenCalledWith(expect.stringContaining('the broker delivers them again'))
  })

  it('does not begin a second batch beside the running one', async () => {
    const { channel, channels, batches } = await startedPoller()
    const second = new FakeChannel()
    channels.push(second)
    channel.deliver(3)
    await settled()

    channel.emit('close')
    await jest.advanceTimersByTimeAsync(60_000)

    expect(second.told).toEqual([])
    expect(batches()).toHaveLength(1)
  })

  it('by a queue that vanished is retried with growing pauses and one line', async () => {
    const channel = new FakeChannel()
    const openChannel = jest.fn<() => Promise<ConsumerChannel>>().mockResolvedValueOnce(channel)
    openChannel.mockRejectedValue(new Error('no queue'))
    const { log } = await startedPoller({ openChannel })

    channel.emit('close')
    await jest.advanceTimersByTimeAsync(250 + 250 + 500 + 1000)

    expect(openChannel).toHaveBeenCalledTimes(5)
    expect(log.warning.mock.calls).toEqual([['(λ: reduce) queue stock: waiting for the queue: no queue']])
  })

  it('does not keep stop waiting', async () => {
    const channel = new FakeChannel()
    const openChannel = jest.fn<() => Promise<ConsumerChannel>>().mockResolvedValueOnce(channel)
    openChannel.mockReturnValue(new Promise(() => {}))
    const { poller } = await startedPoller({ openChannel })
    channel.emit('close')
    await jest.advanceTimersByTimeAsync(1000)

    await expect(poller.stop()).resolves.toBeUndefined()
  })
})
