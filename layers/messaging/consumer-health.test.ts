import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'

class FakeChannel extends EventEmitter {
  consumers: Record<string, number> = {
    'stock-reduction': 1,
    'order-settlement': 1,
    'stock-return': 1,
  }
  isOpen = true

  async checkQueue(queue: string) {
    if (!this.isOpen) throw new Error('Channel closed')
    const consumerCount = this.consumers[queue]
    if (consumerCount !== undefined) return { consumerCount }
    this.isOpen = false
    throw Object.assign(new Error('404 NOT-FOUND'), { code: 404 })
  }
}

const openChannel = jest.fn<() => Promise<FakeChannel>>()
let channel: FakeChannel
let unconsumedQueues: typeof import('./consumer-health.ts').unconsumedQueues

beforeEach(async () => {
  jest.resetModules()
  jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel }))
  ;({ unconsumedQueues } = await import('./consumer-health.ts'))
  channel = new FakeChannel()
  openChannel.mockReset().mockImplementation(async () => channel)
})

afterEach(() => {
  jest.useRealTimers()
})

describe('unconsumedQueues', () => {
  it('names none while each has a consumer, and asks on one channel', async () => {
    expect([await unconsumedQueues(60_000), await unconsumedQueues(61_000)]).toEqual([[], []])
    expect(openChannel).toHaveBeenCalledTimes(1)
  })

  it('leaves the consumers of a shop that starts ten seconds to come', async () => {
    channel.consumers = { 'stock-reduction': 0, 'order-settlement': 0, 'stock-return': 1 }

    expect(await unconsumedQueues(9_999)).toEqual([])
    expect(await unconsumedQueues(10_000)).toEqual(['stock-reduction', 'order-settlement'])
  })

  it('leaves a consumer that was there ten seconds to come back', async () => {
    await unconsumedQueues(60_000)
    channel.consumers['order-settlement'] = 0

    expect(await unconsumedQueues(69_999)).toEqual([])
    expect(await unconsumedQueues(70_000)).toEqual(['order-settlement'])
  })

  it('counts a queue that is not there as one that nobody consumes, and looks at the others all the same', async () => {
    const [missing, whole] = [new FakeChannel(), new FakeChannel()]
    delete missing.consumers['stock-reduction']
    openChannel.mockReset().mockResolvedValueOnce(missing).mockResolvedValue(whole)

    expect(await unconsumedQueues(60_000)).toEqual(['stock-reduction'])
  })

  it('names none while the broker is away, which brokerAnswers tells', async () => {
    openChannel.mockRejectedValueOnce(new Unavailable('broker', 'not connected'))

    expect([await unconsumedQueues(60_000), await unconsumedQueues(60_000)]).toEqual([[], []])
    expect(openChannel).toHaveBeenCalledTimes(2)
  })

  it('names none after a second when the broker is silent, and asks on a new channel then', async () => {
    jest.useFakeTimers()
    channel.checkQueue = () => new Promise(() => {})

    const answer = unconsumedQueues(60_000)
    await jest.advanceTimersByTimeAsync(1000)
    channel = new FakeChannel()

    expect([await answer, await unconsumedQueues(60_000)]).toEqual([[], []])
    expect(openChannel).toHaveBeenCalledTimes(2)
  })
})
