import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { lastSweep } from '@stockroom/telemetry/shop-metrics'

process.env.LOG_LEVEL = 'silent'
const { startScheduler } = await import('./scheduler.ts')

const run = jest.fn<(functionKey: string, event: object) => Promise<unknown>>()
const succeeded = () =>
  Object.fromEntries([...lastSweep.latest()].map(({ labels, value }) => [labels.function, value]))

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 })
  run.mockReset().mockResolvedValue(undefined)
})

afterEach(() => {
  jest.useRealTimers()
})

describe('the scheduler', () => {
  it('tells of each function when it last succeeded', async () => {
    const stop = startScheduler(run, { brokerIsEmpty: false })
    await jest.advanceTimersByTimeAsync(0)
    run.mockImplementation(async (functionKey) => {
      if (functionKey === 'publishPendingEvents') throw new Error('The broker is unavailable: blocked')
    })

    await jest.advanceTimersByTimeAsync(5000)
    await stop()

    expect(succeeded()).toEqual({
      publishPendingEvents: 1000,
      reannouncePendingOrders: 1005,
      purgeIdempotencyKeys: 1005,
    })
  })
})
