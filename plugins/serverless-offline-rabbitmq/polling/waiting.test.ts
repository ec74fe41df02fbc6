import { describe, expect, it, jest } from '@jest/globals'
import { standingClock } from '../fixtures/standing-clock.ts'
import { atMost, pause, retry } from './waiting.ts'

standingClock()

const pauses = { firstMs: 100, longestMs: 400 }

describe('pause', () => {
  it('ends at once when it is aborted and leaves no timer', async () => {
    const stop = new AbortController()
    const pausing = pause(60_000, stop.signal)

    stop.abort()
    await pausing

    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('atMost', () => {
  it('gives up on work that does not end', async () => {
    const waiting = atMost(1000, new Promise(() => {}))

    await jest.advanceTimersByTimeAsync(1000)

    await expect(waiting).resolves.toBeUndefined()
  })
})

describe('retry', () => {
  it('repeats until an attempt succeeds', async () => {
    const attempt = jest
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error('no'))
      .mockResolvedValueOnce('yes')
    const onFailure = jest.fn()
    const result = retry(attempt, { pauses, signal: new AbortController().signal, onFailure })

    await jest.advanceTimersByTimeAsync(100)

    await expect(result).resolves.toBe('yes')
    expect(onFailure).toHaveBeenCalledTimes(1)
  })

  it('throws the last error once aborted, even when an attempt hangs', async () => {
    const stop = new AbortController()
    const attempt = jest
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error('refused'))
      .mockReturnValueOnce(new Promise(() => {}))
    const result = retry(attempt, { pauses, signal: stop.signal, onFailure: () => {} })
    await jest.advanceTimersByTimeAsync(100)

    stop.abort()

    await expect(result).rejects.toThrow('refused')
  })

  it('does not repeat what is hopeless', async () => {
    const attempt = jest.fn(() => Promise.reject(new Error('wrong password')))
    const signal = new AbortController().signal

    const result = retry(attempt, { pauses, signal, onFailure: () => {}, isHopeless: () => true })

    await expect(result).rejects.toThrow('wrong password')
    expect(attempt).toHaveBeenCalledTimes(1)
  })
})
