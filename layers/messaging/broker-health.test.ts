import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'

class FakeChannel extends EventEmitter {
  checkExchange = jest.fn<(name: string) => Promise<object>>(async () => ({}))
  close = jest.fn(async () => {})
}

const openChannel = jest.fn<() => Promise<FakeChannel>>()
const isBrokerBlocked = jest.fn<() => boolean>()
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel, isBrokerBlocked }))
const { brokerAnswers } = await import('./broker-health.ts')

let channel: FakeChannel

beforeEach(async () => {
  // A check that fails makes the module forget the channel of the test before.
  isBrokerBlocked.mockReset().mockReturnValue(false)
  openChannel.mockReset().mockRejectedValue(new Error('down'))
  channel?.checkExchange.mockRejectedValue(new Error('gone'))
  await brokerAnswers()
  channel = new FakeChannel()
  openChannel.mockReset().mockImplementation(async () => channel)
})

afterEach(() => {
  jest.useRealTimers()
})

describe('brokerAnswers', () => {
  it('says yes when the broker has the exchange of events', async () => {
    expect(await brokerAnswers()).toBe(true)
    expect(channel.checkExchange.mock.calls).toEqual([['shop.events']])
  })

  it('asks on one channel again and again', async () => {
    await brokerAnswers()
    await brokerAnswers()

    expect(openChannel).toHaveBeenCalledTimes(1)
    expect(channel.checkExchange).toHaveBeenCalledTimes(2)
  })

  it('opens one channel for checks that come together', async () => {
    await Promise.all([brokerAnswers(), brokerAnswers()])

    expect(openChannel).toHaveBeenCalledTimes(1)
  })

  it('says no while the broker is away', async () => {
    openChannel.mockRejectedValue(new Unavailable('broker', 'not connected'))

    expect(await brokerAnswers()).toBe(false)
  })

  it('says no when the exchange is missing, whose error ends the channel and not the process', async () => {
    channel.checkExchange.mockImplementation(async () => {
      const error = new Error('404 NOT-FOUND')
      channel.emit('error', error)
      throw error
    })

    expect(await brokerAnswers()).toBe(false)
  })

  it('says no after a second when the broker is silent', async () => {
    jest.useFakeTimers()
    channel.checkExchange.mockReturnValue(new Promise(() => {}))

    const answer = brokerAnswers()
    await jest.advanceTimersByTimeAsync(1000)

    expect(await answer).toBe(false)
  })

  it('says no while it blocks, without asking what it will not read', async () => {
    isBrokerBlocked.mockReturnValue(true)

    expect(await brokerAnswers()).toBe(false)
    expect(openChannel).not.toHaveBeenCalled()
  })

  it('says yes again, on the same channel, when it blocks no longer', async () => {
    await brokerAnswers()
    isBrokerBlocked.mockReturnValueOnce(true)
    await brokerAnswers()

    expect(await brokerAnswers()).toBe(true)
    expect(openChannel).toHaveBeenCalledTimes(1)
  })

  it('leaves no channel open that the broker did not answer on', async () => {
    jest.useFakeTimers()
    channel.checkExchange.mockReturnValue(new Promise(() => {}))

    const answers = [brokerAnswers(), brokerAnswers()]
    await jest.advanceTimersByTimeAsync(1000)
    await Promise.all(answers)

    expect(channel.close).toHaveBeenCalled()
  })

  it('says yes again, on a new channel, when the broker is back', async () => {
    channel.checkExchange.mockRejectedValue(new Error('gone'))
    const before = await brokerAnswers()
    channel = new FakeChannel()

    expect([before, await brokerAnswers()]).toEqual([false, true])
  })
})
