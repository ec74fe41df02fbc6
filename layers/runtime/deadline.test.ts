import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { DeadlineExceeded, within } from './deadline.ts'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('within', () => {
  it('gives up when the time is up, and not before', async () => {
    const outcome = within(100, new Promise(() => {})).catch((error) => error)
    let isOver = false
    outcome.then(() => {
      isOver = true
    })

    await jest.advanceTimersByTimeAsync(99)
    const before = isOver
    await jest.advanceTimersByTimeAsync(1)

    expect(before).toBe(false)
    expect(await outcome).toBeInstanceOf(DeadlineExceeded)
  })

  it('comes to what work comes to in time, and leaves no timer behind', async () => {
    expect(await within(100, Promise.resolve('value'))).toBe('value')
    await expect(within(100, Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    await jest.advanceTimersByTimeAsync(0)

    expect(jest.getTimerCount()).toBe(0)
  })

  it('does not report a late failure as unhandled', async () => {
    const unhandled = jest.fn()
    process.on('unhandledRejection', unhandled)
    const { promise: work, reject: fail } = Promise.withResolvers()

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
