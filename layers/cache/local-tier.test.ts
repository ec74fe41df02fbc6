import { beforeEach, describe, expect, it } from '@jest/globals'
import { LocalTier } from './local-tier.ts'

let nowMs: number
const tier = (options: { ttlMs?: number; maxEntries?: number } = {}) =>
  new LocalTier({ ...options, now: () => nowMs })

beforeEach(() => {
  nowMs = 1_000_000
})

describe('the tier in process', () => {
  it('knows nothing of what nobody wrote', () => {
    expect(tier().read('a')).toBeUndefined()
  })

  it('keeps a value for a second by default', () => {
    const local = tier()
    local.write('a', { version: 1, value: 'A' })

    nowMs += 999
    const before = local.read('a')
    nowMs += 1

    expect(before).toEqual({ version: 1, value: 'A' })
    expect(local.read('a')).toEqual({ version: 1 })
  })

  it('counts the time to live from the last write', () => {
    const local = tier({ ttlMs: 100 })
    local.write('a', { version: 1, value: 'A' })
    nowMs += 90
    local.write('a', { version: 1, value: 'A' })
    nowMs += 90

    expect(local.read('a')).toEqual({ version: 1, value: 'A' })
  })

  it('reads the clock by default', () => {
    const local = new LocalTier()
    local.write('a', { version: 1, value: 'A' })

    expect(local.read('a')).toEqual({ version: 1, value: 'A' })
  })

  it.each([
    ['a newer', 2, 'new'],
    ['the same', 1, 'new'],
    ['an older', 0, 'old'],
  ])('given %s version, shows the right one', (_, version, shown) => {
    const local = tier()
    local.write('a', { version: 1, value: 'old' })

    local.write('a', { version, value: 'new' })

    expect(local.read('a')?.value).toBe(shown)
  })

  it('remembers a version for longer than its value, so that an older value stays out', () => {
    const local = tier({ ttlMs: 100 })
    local.write('a', { version: 2, value: 'new' })
    nowMs += 1000

    local.write('a', { version: 1, value: 'old' })

    expect(local.read('a')).toEqual({ version: 2 })
  })

  it('drops an invalidated value and raises its version', () => {
    const local = tier()
    local.write('a', { version: 4, value: 'A' })

    local.invalidate('a')

    expect(local.read('a')).toEqual({ version: 5 })
  })

  it('raises the version of what it did not have, too', () => {
    const local = tier()

    local.invalidate('a')
    local.invalidate('a')

    expect(local.read('a')).toEqual({ version: 2 })
  })

  it('forgets, when it is full, what was written longest ago', () => {
    const local = tier({ maxEntries: 2 })
    local.write('a', { version: 1, value: 'A' })
    local.write('b', { version: 1, value: 'B' })
    local.write('a', { version: 2, value: 'A again' })

    local.write('c', { version: 1, value: 'C' })

    expect(['a', 'b', 'c'].map((key) => local.read(key)?.value)).toEqual(['A again', undefined, 'C'])
  })

  it('starts empty after it was cleared', () => {
    const local = tier()
    local.write('a', { version: 1, value: 'A' })

    local.clear()

    expect(local.read('a')).toBeUndefined()
  })
})
