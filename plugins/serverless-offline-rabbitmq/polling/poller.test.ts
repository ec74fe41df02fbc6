import { describe, expect, it, jest } from '@jest/globals'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { standingClock } from '../fixtures/standing-clock.ts'
import { FakeChannel, forever, settled, setUpTold, startedPoller } from '../fixtures/started-poller.ts'
import { Poller } from './poller.ts'
import type { ConsumerChannel } from './subscription.ts'

standingClock()

describe('a failed batch', () => {
  it('returns after pauses that double to 60 s, and start again after a success', async () => {
    const { channel, invocations, log } = await startedPoller()
    const fail = async () => {
      channel.deliver(3)
      await settled()
      invocations.at(-1)?.reject(new Error('no'))
      await jest.advanceTimersByTimeAsync(60_000)
    }
    for (let failure = 0; failure < 8; failure++) await fail()
    channel.deliver(3)
    await settled()
    invocations.at(-1)?.resolve(undefined)

    await fail()

    const pauses = log.error.mock.calls.map(([line]) => Number(/in (\d+) s$/.exec(String(line))?.[1]))
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 1])
  })
})

describe('stop', () => {
  it('ends the pause of a failed batch at once and leaves its messages to the broker', async () => {
    const { poller, channel, invocations } = await startedPoller()
    channel.deliver(3)
    await settled()
    invocations[0]?.reject(new Error('no'))
    await settled()

    await poller.stop()

    expect(channel.told).toEqual([...setUpTold, 'cancel tag', 'close'])
  })

  it('leaves no timer behind', async () => {
    const { poller, channel } = await startedPoller()
    channel.deliver(1)

    await poller.stop()

    expect(jest.getTimerCount()).toBe(0)
  })

  it('may be called twice, and before start', async () => {
    const { poller } = await startedPoller()

    await Promise.all([poller.stop(), poller.stop()])

    await expect(poller.start(forever)).rejects.toThrow()
  })
})

describe('start', () => {
  it('throws the last answer of the broker when patience ends', async () => {
    const patience = new AbortController()
    const log = silentLog()
    const openChannel = () => Promise.reject(new Error('no queue'))
    const poller = new Poller({ mapping, openChannel, invoke: async () => {}, log })
    const started = poller.start(patience.signal)
    await settled()

    patience.abort()

    await expect(started).rejects.toThrow('no queue')
  })
})

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
