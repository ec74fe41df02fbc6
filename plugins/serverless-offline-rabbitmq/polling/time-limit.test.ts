import { describe, expect, it, jest } from '@jest/globals'
import { standingClock } from '../fixtures/standing-clock.ts'
import { withinTime } from './time-limit.ts'

standingClock()

function limitOf6Seconds() {
  const stopping = new AbortController()
  return { stopping, limit: { seconds: 6, signal: stopping.signal, onLate: jest.fn() } }
}

/** Notes how a promise settles. */
function outcomeOf(promise: Promise<unknown>) {
  const outcome: { result?: unknown; error?: string } = {}
  promise.then(
    (result) => Object.assign(outcome, { result }),
    (error) => Object.assign(outcome, { error: error.message }),
  )
  return outcome
}

describe('a run within its time', () => {
  it('resolves or rejects as it would without a limit, and leaves no timer', async () => {
    const { limit } = limitOf6Seconds()

    expect(await withinTime(Promise.resolve('done'), limit)).toBe('done')
    await expect(withinTime(Promise.reject(new Error('failed')), limit)).rejects.toThrow('failed')
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('a late run', () => {
  it('that can not be ended is waited for, and counts as failed although it succeeds', async () => {
    const { limit } = limitOf6Seconds()
    const run = Promise.withResolvers<string>()
    const outcome = outcomeOf(withinTime(run.promise, limit))
    await jest.advanceTimersByTimeAsync(60_000)
    expect(outcome).toEqual({})
    expect(limit.onLate).toHaveBeenCalledTimes(1)

    run.resolve('late')
    await jest.advanceTimersByTimeAsync(0)

    expect(outcome).toEqual({ error: 'Task timed out after 6.00 seconds' })
  })

  it('is not waited for once the emulator stops', async () => {
    const { limit, stopping } = limitOf6Seconds()
    const outcome = outcomeOf(withinTime(new Promise(() => {}), limit))
    await jest.advanceTimersByTimeAsync(7000)

    stopping.abort()
    await jest.advanceTimersByTimeAsync(0)

    expect(outcome).toEqual({ error: 'Task timed out after 6.00 seconds' })
  })

  it('has its whole time although the emulator stops', async () => {
    const { limit, stopping } = limitOf6Seconds()
    const run = Promise.withResolvers<string>()
    const outcome = outcomeOf(withinTime(run.promise, limit))
    stopping.abort()
    await jest.advanceTimersByTimeAsync(5999)

    run.resolve('in time')
    await jest.advanceTimersByTimeAsync(0)

    expect(outcome).toEqual({ result: 'in time' })
  })
})
