import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

class FakeChannel extends EventEmitter {
  checkExchange = jest.fn<() => Promise<object>>(async () => ({}))
  close = jest.fn(async () => {})
}

const openChannel = jest.fn<() => Promise<FakeChannel>>()
const isBrokerBlocked = jest.fn<() => boolean>()
let channel: FakeChannel
let brokerAnswers: typeof import('./broker-health.ts').brokerAnswers

beforeEach(async () => {
  jest.resetModules()
  jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel, isBrokerBlocked }))
  ;({ brokerAnswers } = await import('./broker-health.ts'))
  channel = new FakeChannel()
  isBrokerBlocked.mockReset().mockReturnValue(false)
  openChannel.mockReset().mockImplementation(async () => channel)
})

afterEach(() => {
  jest.useRealTimers()
})

describe('brokerAnswers', () => {
  it('asks on one channel, even for checks that come together', async () => {
    const answers = await Promise.all([brokerAnswers(), brokerAnswers()])

    expect([...answers, await brokerAnswers()]).toEqual([true, true, true])
    expect(openChannel).toHaveBeenCalledTimes(1)
  })

  it('says no after a second when the broker is silent, and leaves no channel open', async () => {
    jest.useFakeTimers()
    channel.checkExchange.mockReturnValue(new Promise(() => {}))

    const answers = Promise.all([brokerAnswers(), brokerAnswers()])
    await jest.advanceTimersByTimeAsync(1000)

    expect(await answers).toEqual([false, false])
    expect(channel.close).toHaveBeenCalled()
  })

  it('says no while it blocks, without asking what it will not read, and goes on afterwards', async () => {
    await brokerAnswers()
    isBrokerBlocked.mockReturnValueOnce(true)

    expect([await brokerAnswers(), await brokerAnswers()]).toEqual([false, true])
    expect(channel.checkExchange).toHaveBeenCalledTimes(2)
    expect(openChannel).toHaveBeenCalledTimes(1)
  })
})
