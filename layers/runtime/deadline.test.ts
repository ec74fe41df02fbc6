import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { DeadlineExceeded, within } from './deadline.ts'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('within', () => {
  it('resolves to the value of work that comes in time', async () => {
    expect(await within(100, Promise.resolve('value'))).toBe('value')
  })

  it('throws what the work throws in time', async () => {
    await expect(within(100, Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })

  it('gives up when the time is up, and not before', async () => {
    const outcome = within(100, new Promise(() => {})).catch((error) => error)
    const states: unknown[] = []
    outcome.then((error) => states.push(error))

    await jest.advanceTimersByTimeAsync(99)
    const before = [...states]
    await jest.advanceTimersByTimeAsync(1)

    expect(before).toEqual([])
    expect(states).toEqual([expect.any(DeadlineExceeded)])
  })

  it('leaves no timer behind when the work has ended', async () => {
    await within(100, Promise.resolve())
    await within(100, Promise.reject(new Error('failed'))).catch(() => {})
    await jest.advanceTimersByTimeAsync(0)

    expect(jest.getTimerCount()).toBe(0)
  })

  it('does not report a late failure as unhandled', async () => {
    const unhandled = jest.fn()
    process.on('unhandledRejection', unhandled)
    let fail = (_: Error) => {}
    const work = new Promise((_, reject) => {
      fail = reject
    })

    const outcome = within(100, work).catch((error) => error)
    await jest.advanceTimersByTimeAsync(100)
    fail(new Error('late'))
    jest.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve))
    process.off('unhandledRejection', unhandled)

    expect(await outcome).toBeInstanceOf(DeadlineExceeded)
    expect(unhandled).not.toHaveBeenCalled()
  })
})
