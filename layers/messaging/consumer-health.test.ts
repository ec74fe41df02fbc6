import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { queues } from './topology.ts'

class FakeChannel {
  readonly consumers = new Map(Object.keys(queues).map((queue) => [queue, 1]))
  isOpen = true

  async checkQueue(queue: string) {
    if (!this.isOpen) throw new Error('Channel closed')
    const consumerCount = this.consumers.get(queue)
    if (consumerCount !== undefined) return { consumerCount }
    this.isOpen = false
    throw Object.assign(new Error('404 NOT-FOUND'), { code: 404 })
  }
}

const [first = '', last = ''] = [Object.keys(queues)[0], Object.keys(queues).at(-1)]
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

  it.each([
    ['the consumers of a shop that starts', 0],
    ['a consumer that was there', 60_000],
  ])('leaves %s ten seconds to come', async (_, seenAt) => {
    if (seenAt > 0) await unconsumedQueues(seenAt)
    channel.consumers.set(last, 0)

    expect(await unconsumedQueues(seenAt + 9_999)).toEqual([])
    expect(await unconsumedQueues(seenAt + 10_000)).toEqual([last])
  })

  it('counts a queue that is not there as one that nobody consumes, and looks at the others all the same', async () => {
    const missing = new FakeChannel()
    missing.consumers.delete(first)
    openChannel.mockResolvedValueOnce(missing)

    expect(await unconsumedQueues(60_000)).toEqual([first])
  })

  it.each<[string, () => unknown]>([
    [
      'is away, which brokerAnswers tells',
      () => openChannel.mockRejectedValueOnce(new Unavailable('broker', 'not connected')),
    ],
    ['is silent for a second', () => openChannel.mockReturnValueOnce(new Promise(() => {}))],
  ])('names none while the broker %s, and asks on a new channel then', async (_, fail) => {
    jest.useFakeTimers()
    fail()

    const answer = unconsumedQueues(60_000)
    await jest.advanceTimersByTimeAsync(1000)

    expect([await answer, await unconsumedQueues(60_000)]).toEqual([[], []])
    expect(openChannel).toHaveBeenCalledTimes(2)
  })
})
