import { describe, expect, it, jest } from '@jest/globals'
import { standingClock } from '../fixtures/standing-clock.ts'
import { BatchWindow } from './batch-window.ts'

standingClock()

describe('BatchWindow', () => {
  it('delivers what is there when the time went by before it was asked', async () => {
    const window = new BatchWindow<number>({ size: 10, windowMs: 1000 })
    window.add(1)
    await jest.advanceTimersByTimeAsync(1000)
    window.add(2)

    expect(await window.next()).toEqual([1, 2])
  })

  it('starts the time anew for the next batch', async () => {
    const window = new BatchWindow<number>({ size: 10, windowMs: 1000 })
    window.add(1)
    await jest.advanceTimersByTimeAsync(1000)
    await window.next()
    window.add(2)
    const next = jest.fn()
    window.next().then(next)
    await jest.advanceTimersByTimeAsync(999)
    expect(next).not.toHaveBeenCalled()

    await jest.advanceTimersByTimeAsync(1)

    expect(next).toHaveBeenCalledWith([2])
  })

  it('ends with undefined when closed, and drops what was not taken', async () => {
    const window = new BatchWindow<number>({ size: 10, windowMs: 1000 })
    const next = window.next()
    window.add(1)

    window.close()
    window.add(2)

    expect(await next).toBeUndefined()
    expect(await window.next()).toBeUndefined()
  })

  it('weighs the next batch anew', async () => {
    const window = new BatchWindow<string>({ size: 10, windowMs: 1000, weight: 6 })
    for (const item of ['a', 'b', 'c', 'd']) window.add(item, 4)

    const batches = [await window.next(), await window.next(), await window.next()]

    expect(batches).toEqual([['a'], ['b'], ['c']])
  })
})
