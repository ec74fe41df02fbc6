import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { currentDeadline, RequestDeadline, sharedDeadline, untilCommit } from './commit-deadline.ts'
import { DeadlineExceeded } from './deadline.ts'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('untilCommit', () => {
  it('gives up when the time is over, and lets no commit begin afterwards', async () => {
    let mayCommit: boolean | undefined
    const outcome = untilCommit(async () => {
      await after(150)
      mayCommit = currentDeadline()?.beginCommit()
    }, 100).catch((error) => error)

    await jest.advanceTimersByTimeAsync(150)

    expect(await outcome).toBeInstanceOf(DeadlineExceeded)
    expect(mayCommit).toBe(false)
  })

  it('waits for a commit that has begun, and for what follows it', async () => {
    const outcome = untilCommit(async () => {
      await after(99)
      const mayCommit = currentDeadline()?.beginCommit()
      await after(500)
      return mayCommit
    }, 100)

    await jest.advanceTimersByTimeAsync(600)

    expect(await outcome).toBe(true)
  })

  it('throws what the work throws in time, leaves no timer behind, and sets nobody else a deadline', async () => {
    await expect(untilCommit(() => Promise.reject(new Error('failed')), 100)).rejects.toThrow('failed')
    await jest.advanceTimersByTimeAsync(0)

    expect(jest.getTimerCount()).toBe(0)
    expect(currentDeadline()).toBeUndefined()
  })
})

describe('a shared deadline', () => {
  it('is that of the most urgent, and lets the commit begin for all of them', () => {
    const deadlines = [300, 100, 200].map((limitMs) => new RequestDeadline(limitMs))
    const shared = sharedDeadline(deadlines)

    expect(shared.at).toBe(deadlines[1]?.at)
    expect(shared.beginCommit()).toBe(true)
    expect(deadlines.map((deadline) => deadline.giveUp())).toEqual([false, false, false])
  })

  it('lets no commit begin when one of them was given up', () => {
    const deadlines = [new RequestDeadline(100), new RequestDeadline(200)]
    deadlines[1]?.giveUp()

    expect(sharedDeadline(deadlines).beginCommit()).toBe(false)
  })
})
