import { describe, expect, it, jest } from '@jest/globals'
import { standingClock } from '../fixtures/standing-clock.ts'
import { atMost, retry } from './waiting.ts'

standingClock()

describe('atMost', () => {
  it('gives up on work that does not end', async () => {
    const waiting = atMost(1000, new Promise(() => {}))

    await jest.advanceTimersByTimeAsync(1000)

    await expect(waiting).resolves.toBeUndefined()
  })
})

describe('retry', () => {
  it('does not repeat what is hopeless', async () => {
    const attempt = jest.fn(() => Promise.reject(new Error('wrong password')))
    const pauses = { firstMs: 100, longestMs: 400 }
    const { signal } = new AbortController()

    const result = retry(attempt, { pauses, signal, onFailure: () => {}, isHopeless: () => true })

    await expect(result).rejects.toThrow('wrong password')
    expect(attempt).toHaveBeenCalledTimes(1)
  })
})
