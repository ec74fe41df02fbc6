import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '../../bench/processes/eventually.ts'
import { LocalTier } from './local-tier.ts'

let nowMs: number
const tier = (options: { ttlMs?: number; maxEntries?: number } = {}) =>
  new LocalTier({ ...options, now: () => nowMs })

/** A copy of one and the same database. */
const copy = (version: number, value: string) => ({ version, database: 'ours', value })

beforeEach(() => {
  nowMs = 1_000_000
})

afterEach(() => {
  jest.restoreAllMocks()
})

describe('the tier in process', () => {
  it('keeps a value for a second by default', () => {
    const local = tier()
    local.write('a', copy(1, 'A'))

    nowMs += 999
    const before = local.read('a')
    nowMs += 1

    expect(before).toEqual(copy(1, 'A'))
    expect(local.read('a')).toEqual({ version: 1, database: 'ours' })
  })

  it('counts the time to live from the last write', () => {
    const local = tier({ ttlMs: 100 })
    local.write('a', copy(1, 'A'))
    nowMs += 90
    local.write('a', copy(1, 'A'))
    nowMs += 90

    expect(local.read('a')).toEqual(copy(1, 'A'))
  })

  it('keeps the newer of two values, and of two of one version the later', () => {
    const local = tier()
    const shown = [1, 0, 1, 2].map((version, index) => {
      local.write('a', copy(version, `write ${index}`))
      return local.read('a')?.value
    })

    expect(shown).toEqual(['write 0', 'write 0', 'write 2', 'write 3'])
  })

  it('remembers a version for longer than its value, so that an older value stays out', () => {
    const local = tier({ ttlMs: 100 })
    local.write('a', copy(2, 'new'))
    nowMs += 1000

    local.write('a', copy(1, 'old'))

    expect(local.read('a')).toEqual({ version: 2, database: 'ours' })
  })

  it('drops an invalidated value and raises its version, also of what it did not have', () => {
    const local = tier()
    local.write('a', copy(4, 'A'))

    for (const key of ['a', 'b', 'b']) local.invalidate(key, 'ours')

    expect(['a', 'b', 'c'].map((key) => local.read(key))).toEqual([
      { version: 5, database: 'ours' },
      { version: 2, database: 'ours' },
      undefined,
    ])
  })

  it('forgets, when it is full, what was written longest ago', () => {
    const local = tier({ maxEntries: 2 })
    local.write('a', copy(1, 'A'))
    local.write('b', copy(1, 'B'))
    local.write('a', copy(2, 'A again'))

    local.write('c', copy(1, 'C'))

    expect(['a', 'b', 'c'].map((key) => local.read(key)?.value)).toEqual(['A again', undefined, 'C'])
  })

  it('forgets its values when it is told to, and no version', () => {
    const local = tier()
    local.write('a', copy(2, 'A'))

    local.expire()
    const known = local.read('a')
    local.write('a', copy(1, 'old'))

    expect(known).toEqual({ version: 2, database: 'ours' })
    expect(local.read('a')).toEqual(known)
  })

  it('keeps a copy of another database instead, whatever its version', () => {
    const local = tier()
    local.write('a', copy(57, 'old'))

    local.write('a', { version: 1, database: 'made anew', value: 'new' })

    expect(local.read('a')).toEqual({ version: 1, database: 'made anew', value: 'new' })
  })

  it('keeps a value no longer when the time of day is put back by an hour', async () => {
    const local = new LocalTier({ ttlMs: 20 })
    local.write('a', copy(1, 'A'))
    const hourAgo = Date.now() - 3_600_000

    jest.spyOn(Date, 'now').mockReturnValue(hourAgo)

    await eventually(() => local.read('a')?.value === undefined)
  })
})
