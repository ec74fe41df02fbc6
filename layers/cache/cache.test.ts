import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { cacheReads } from '@stockroom/telemetry/shop-metrics'
import { Cache } from './cache.ts'
import { LocalTier } from './local-tier.ts'
import type { Stored, Tier } from './tier.ts'

type Loaded = { version?: number; value: string } | undefined

/** A load that the test ends by hand. */
interface Load {
  succeed(loaded: Loaded): void
  fail(error: Error): void
}

/** A tier that is asked and answers over a network. */
class FarTier implements Tier {
  tier = new LocalTier()
  async read(key: string) {
    return this.tier.read(key)
  }
  async write(key: string, stored: Stored) {
    this.tier.write(key, stored)
  }
  async invalidate(key: string, database: string) {
    this.tier.invalidate(key, database)
  }
}

const loads: Load[] = []
const slowLoad = () =>
  new Promise<Loaded>((succeed, fail) => {
    loads.push({ succeed, fail })
  })
const load = jest.fn<(id: number) => Promise<Loaded>>()
const broadcast = jest.fn<(key: string, stored: Stored) => Promise<void>>()
const turn = () => new Promise(setImmediate)
let near: LocalTier
let far: FarTier

const name = 'things'
const database = jest.fn<() => Promise<string>>()
const source = {
  name,
  key: (id: number) => `thing:${id}`,
  load,
  database,
  isValue: (copy: unknown): copy is string => typeof copy === 'string',
}
const twoTiers = () => new Cache<string>({ ...source, tiers: () => [near, far], broadcast })
const oneTier = () => new Cache<string>({ ...source, tiers: () => [far] })
/** A copy of the database that the cache reads. */
const copy = <Value>(version: number, value: Value) => ({ version, database: 'ours', value })

/** How many reads of it were counted since the last call. */
let counted = { hit: 0, miss: 0 }
const reads = () => {
  const before = counted
  counted = { hit: cacheReads.of(name, 'hit').value, miss: cacheReads.of(name, 'miss').value }
  return { hit: counted.hit - before.hit, miss: counted.miss - before.miss }
}

beforeEach(() => {
  loads.length = 0
  load.mockReset().mockResolvedValue({ version: 3, value: 'loaded' })
  broadcast.mockReset().mockResolvedValue()
  database.mockReset().mockResolvedValue('ours')
  near = new LocalTier()
  far = new FarTier()
})

describe('reading through a cache', () => {
  it('loads what no tier has, and keeps it in every tier', async () => {
    const cached = await twoTiers().get(7)

    expect(cached).toMatchObject({ value: 'loaded', hit: false })
    expect(load.mock.calls).toEqual([[7]])
    expect(near.read('thing:7')).toEqual(copy(3, 'loaded'))
    expect(far.tier.read('thing:7')).toEqual(copy(3, 'loaded'))
  })

  it('takes what the nearest tier has', async () => {
    near.write('thing:7', copy(1, 'near'))
    far.tier.write('thing:7', copy(1, 'far'))

    expect(await twoTiers().get(7)).toMatchObject({ value: 'near', hit: true })
    expect(load).not.toHaveBeenCalled()
  })

  it('takes what a farther tier has, and keeps it nearer', async () => {
    far.tier.write('thing:7', copy(1, 'far'))

    expect(await twoTiers().get(7)).toMatchObject({ value: 'far', hit: true })
    expect(near.read('thing:7')).toEqual(copy(1, 'far'))
    expect(load).not.toHaveBeenCalled()
  })

  it('tells the version of a value, loaded or kept, and none of nothing', async () => {
    const cache = twoTiers()
    near.write('thing:8', copy(4, null))

    const read = [await cache.get(7), await cache.get(7), await cache.get(8)]

    expect(read).toEqual([
      { value: 'loaded', hit: false, version: 3 },
      { value: 'loaded', hit: true, version: 3 },
      { value: null, hit: true },
    ])
  })

  it('is counted, by whether the value was there', async () => {
    const cache = oneTier()
    reads()

    await cache.get(7)
    await cache.get(7)
    await cache.get(7)

    expect(reads()).toEqual({ hit: 2, miss: 1 })
  })

  it('takes a null as the answer that there is nothing', async () => {
    near.write('thing:7', copy(4, null))

    expect(await twoTiers().get(7)).toMatchObject({ value: null, hit: true })
    expect(load).not.toHaveBeenCalled()
  })

  it('does not remember that a value was not found', async () => {
    load.mockResolvedValueOnce(undefined)
    const cache = twoTiers()

    const first = await cache.get(7)
    const second = await cache.get(7)

    expect([first, second]).toMatchObject([
      { value: null, hit: false },
      { value: 'loaded', hit: false },
    ])
  })

  it('keeps different values apart', async () => {
    load.mockImplementation(async (id) => ({ version: 1, value: `thing ${id}` }))
    const cache = twoTiers()

    await Promise.all([cache.get(1), cache.get(2)])

    expect([await cache.get(1), await cache.get(2)]).toMatchObject([
      { value: 'thing 1', hit: true },
      { value: 'thing 2', hit: true },
    ])
  })

  it('fails when the load fails, and loads again the next time', async () => {
    load.mockRejectedValueOnce(new Error('no connection'))
    const cache = twoTiers()

    await expect(cache.get(7)).rejects.toThrow('no connection')

    expect(await cache.get(7)).toMatchObject({ value: 'loaded', hit: false })
  })
})

describe('a copy that is older than what a nearer tier knows of', () => {
  it('is not shown: the value is loaded', async () => {
    near = new LocalTier({ ttlMs: 0 })
    near.write('thing:7', copy(5, 'committed here'))
    far.tier.write('thing:7', copy(4, 'old'))
    load.mockResolvedValue({ version: 5, value: 'committed here' })

    expect(await twoTiers().get(7)).toMatchObject({ value: 'committed here', hit: false })
  })

  it('is shown when it is as new', async () => {
    near = new LocalTier({ ttlMs: 0 })
    near.write('thing:7', copy(5, 'committed here'))
    far.tier.write('thing:7', copy(5, 'committed here'))

    expect(await twoTiers().get(7)).toMatchObject({ value: 'committed here', hit: true })
  })
})

describe('a copy of another database', () => {
  beforeEach(() => {
    const old = { version: 57, database: 'dropped', value: 'old' }
    near.write('thing:7', old)
    far.tier.write('thing:7', old)
  })

  it('is not shown: the value is loaded, and kept in its place whatever its version', async () => {
    const cache = twoTiers()

    const first = await cache.get(7)
    const second = await cache.get(7)

    expect([first, second]).toMatchObject([
      { value: 'loaded', hit: false },
      { value: 'loaded', hit: true },
    ])
    expect(far.tier.read('thing:7')).toEqual(copy(3, 'loaded'))
  })

  it('gives way to a value that is committed', async () => {
    await twoTiers().set(7, { version: 1, value: 'new' })

    expect(await twoTiers().get(7)).toMatchObject({ value: 'new', hit: true })
  })

  it('is told from a copy of this one while the process runs, from the moment that it knows', async () => {
    database.mockResolvedValueOnce('dropped')
    const cache = twoTiers()

    expect(await cache.get(7)).toMatchObject({ value: 'old', hit: true })
    expect(await cache.get(7)).toMatchObject({ value: 'loaded', hit: false })
  })

  it('shares no load with a value of this one', async () => {
    load.mockImplementation(slowLoad)
    database.mockResolvedValueOnce('dropped too')
    const cache = twoTiers()

    const before = cache.get(7)
    await turn()
    const after = cache.get(7)
    await turn()
    loads[1]?.succeed({ version: 1, value: 'new' })
    loads[0]?.succeed({ version: 9, value: 'old' })

    expect([await before, await after].map(({ value }) => value)).toEqual(['old', 'new'])
    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })

  it('is shown while nobody can say which database this one is', async () => {
    database.mockRejectedValue(new Error('no connection'))

    expect(await twoTiers().get(7)).toMatchObject({ value: 'old', hit: true })
    expect(load).not.toHaveBeenCalled()
  })
})

describe('a copy that is no value of ours', () => {
  it('is loaded instead, and replaced', async () => {
    far.tier.write('thing:7', copy(3, { of: 'somebody else' }))
    const cache = twoTiers()

    expect(await cache.get(7)).toMatchObject({ value: 'loaded', hit: false })
    expect(far.tier.read('thing:7')).toEqual(copy(3, 'loaded'))
  })
})

describe('a load that takes long', () => {
  afterEach(() => {
    jest.restoreAllMocks()
  })

  it.each([
    [5000, 'is kept'],
    [5001, 'is answered, and not kept: what overtook it may be forgotten'],
  ])('of %d ms %s', async (ms) => {
    load.mockImplementation(slowLoad)
    const now = jest.spyOn(performance, 'now').mockReturnValue(1000)
    const slow = oneTier().get(7)
    await turn()

    now.mockReturnValue(1000 + ms)
    loads[0]?.succeed({ value: 'loaded' })

    expect(await slow).toMatchObject({ value: 'loaded', hit: false })
    now.mockReturnValue(1000)
    expect(far.tier.read('thing:7')?.value).toBe(ms > 5000 ? undefined : 'loaded')
  })

  it('is not kept when it was overtaken here, though the tier has forgotten by what', async () => {
    load.mockImplementation(slowLoad)
    far.tier = new LocalTier({ maxEntries: 1 })
    const cache = oneTier()
    const slow = cache.get(7)
    await turn()

    await cache.invalidate(7)
    far.tier.write('thing:8', copy(1, 'another'))
    loads[0]?.succeed({ value: 'old' })
    await slow

    expect(far.tier.read('thing:7')).toBeUndefined()
  })
})

describe('single flight', () => {
  it('shares one load among the reads of a missing value that come together', async () => {
    load.mockImplementation(slowLoad)
    const cache = twoTiers()

    const reads = Promise.all([cache.get(7), cache.get(7), cache.get(7)])
    await turn()
    const late = cache.get(7)
    await turn()
    loads[0]?.succeed({ version: 1, value: 'loaded' })

    expect(await reads).toMatchObject(new Array(3).fill({ value: 'loaded', hit: false }))
    expect(await late).toMatchObject({ value: 'loaded', hit: false })
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('shares the failure too, and no longer than the flight', async () => {
    load.mockImplementation(slowLoad)
    const cache = twoTiers()

    const reads = Promise.allSettled([cache.get(7), cache.get(7)])
    await turn()
    loads[0]?.fail(new Error('no connection'))
    const outcomes = await reads
    const later = cache.get(7)
    await turn()
    loads[1]?.succeed({ version: 1, value: 'loaded' })

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await later).toMatchObject({ value: 'loaded', hit: false })
  })
})

describe('setting a committed value', () => {
  it('puts it into every tier and tells every instance', async () => {
    await twoTiers().set(7, { version: 5, value: 'new' })

    expect(near.read('thing:7')).toEqual(copy(5, 'new'))
    expect(far.tier.read('thing:7')).toEqual(copy(5, 'new'))
    expect(broadcast.mock.calls).toEqual([['thing:7', copy(5, 'new')]])
  })

  it('needs nobody to tell', async () => {
    await oneTier().set(7, { version: 5, value: 'new' })

    expect(far.tier.read('thing:7')).toEqual(copy(5, 'new'))
  })

  it('stays, whatever a slow reader brings from before', async () => {
    load.mockImplementation(slowLoad)
    const cache = twoTiers()
    const slow = cache.get(7)
    await turn()

    await cache.set(7, { version: 5, value: 'new' })
    loads[0]?.succeed({ version: 4, value: 'old' })
    await slow

    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })

  it('stays when it arrives before an older value of another writer', async () => {
    const cache = twoTiers()

    await cache.set(7, { version: 5, value: 'new' })
    await cache.set(7, { version: 4, value: 'old' })

    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })
})

describe('invalidating a value that has no version of its own', () => {
  beforeEach(() => {
    load.mockImplementation(slowLoad)
  })

  it('loads it anew', async () => {
    load.mockReset().mockResolvedValueOnce({ value: 'old' }).mockResolvedValueOnce({ value: 'new' })
    const cache = oneTier()
    await cache.get(7)

    await cache.invalidate(7)

    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: false })
    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })

  it('does not let a read join a load that began before', async () => {
    const cache = oneTier()
    const before = cache.get(7)
    await turn()

    await cache.invalidate(7)
    const after = cache.get(7)
    await turn()
    loads[1]?.succeed({ value: 'new' })
    loads[0]?.succeed({ value: 'old' })

    expect(await before).toMatchObject({ value: 'old', hit: false })
    expect(await after).toMatchObject({ value: 'new', hit: false })
  })

  it.each([
    ['before', [0, 1]],
    ['after', [1, 0]],
  ])('keeps the new value when the old one arrives %s it', async (_, order) => {
    const values = [{ value: 'old' }, { value: 'new' }]
    const cache = oneTier()
    const before = cache.get(7)
    await turn()

    await cache.invalidate(7)
    const after = cache.get(7)
    await turn()
    for (const index of order) {
      loads[index]?.succeed(values[index])
      await turn()
    }
    await Promise.all([before, after])

    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })

  it('keeps nothing of a load that it has overtaken, even without a new one', async () => {
    const cache = oneTier()
    const before = cache.get(7)
    await turn()

    await cache.invalidate(7)
    loads[0]?.succeed({ value: 'old' })
    await before

    expect((await far.read('thing:7'))?.value).toBeUndefined()
  })

  it('does not let a read join a load of another process that began before', async () => {
    const cache = oneTier()
    const before = cache.get(7)
    await turn()

    far.tier.invalidate('thing:7', 'ours') // by another instance
    const after = cache.get(7)
    await turn()
    loads[1]?.succeed({ value: 'new' })
    loads[0]?.succeed({ value: 'old' })

    expect(await after).toMatchObject({ value: 'new', hit: false })
    await before
    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })
})
