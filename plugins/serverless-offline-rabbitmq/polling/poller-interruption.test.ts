import { describe, expect, it, jest } from '@jest/globals'
import { standingClock } from '../fixtures/standing-clock.ts'
import { FakeChannel, settled, startedPoller } from '../fixtures/started-poller.ts'
import type { ConsumerChannel } from './subscription.ts'

standingClock()

describe('an interruption', () => {
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
