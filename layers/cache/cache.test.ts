import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { cacheReads } from '@stockroom/telemetry/shop-metrics'
import { Cache } from './cache.ts'
import { LocalTier } from './local-tier.ts'
import type { Stored, Tier } from './tier.ts'

type Loaded = { version?: number; value: string } | undefined

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

/** Loads that the test ends by hand. */
const loads: PromiseWithResolvers<Loaded>[] = []
const slowLoad = () => {
  const load = Promise.withResolvers<Loaded>()
  loads.push(load)
  return load.promise
}
const load = jest.fn<(id: number) => Promise<Loaded>>()
const turn = () => new Promise(setImmediate)
let near: LocalTier
let far: FarTier
/** In one tier, which is far. */
let cache: Cache<string>

const name = 'things'
const database = jest.fn<() => Promise<string>>()
const source = {
  name,
  key: (id: number) => `thing:${id}`,
  load,
  database,
  isValue: (copy: unknown): copy is string => typeof copy === 'string',
}
const twoTiers = () => new Cache<string>({ ...source, tiers: () => [near, far] })
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
  database.mockReset().mockResolvedValue('ours')
  near = new LocalTier()
  far = new FarTier()
  cache = oneTier()
})

describe('reading through a cache', () => {
  it('loads what no tier has, keeps it in every tier, and counts whether it was there', async () => {
    const cache = twoTiers()
    reads()

    const read = [await cache.get(7), await cache.get(7)]

    expect(read).toEqual([
      { value: 'loaded', hit: false, version: 3 },
      { value: 'loaded', hit: true, version: 3 },
    ])
    expect(load.mock.calls).toEqual([[7]])
    expect([near, far.tier].map((tier) => tier.read('thing:7'))).toEqual(Array(2).fill(copy(3, 'loaded')))
    expect(reads()).toEqual({ hit: 1, miss: 1 })
  })

  it('takes what the nearest tier has, and keeps what a farther one has nearer', async () => {
    near.write('thing:7', copy(1, 'near'))
    for (const id of [7, 8]) far.tier.write(`thing:${id}`, copy(1, 'far'))

    expect(await twoTiers().get(7)).toMatchObject({ value: 'near', hit: true })
    expect(await twoTiers().get(8)).toMatchObject({ value: 'far', hit: true })
    expect(near.read('thing:8')).toEqual(copy(1, 'far'))
    expect(load).not.toHaveBeenCalled()
  })

  it('takes a null as the answer that there is nothing, which has no version', async () => {
    near.write('thing:7', copy(4, null))

    expect(await twoTiers().get(7)).toEqual({ value: null, hit: true })
    expect(load).not.toHaveBeenCalled()
  })
})

it.each([
  ['older than a nearer tier knows of is loaded', 4, { value: 'loaded', hit: false }],
  ['as new is shown', 5, { value: 'far', hit: true }],
])('a copy that is %s', async (_, version, shown) => {
  near = new LocalTier({ ttlMs: 0 })
  near.write('thing:7', copy(5, 'committed here'))
  far.tier.write('thing:7', copy(version, 'far'))

  expect(await twoTiers().get(7)).toMatchObject(shown)
})

it('a copy that is no value of ours is loaded instead, and replaced', async () => {
  far.tier.write('thing:7', copy(3, { of: 'somebody else' }))

  expect(await twoTiers().get(7)).toMatchObject({ value: 'loaded', hit: false })
  expect(far.tier.read('thing:7')).toEqual(copy(3, 'loaded'))
})

describe('a copy of another database', () => {
  beforeEach(() => {
    const old = { version: 57, database: 'dropped', value: 'old' }
    near.write('thing:7', old)
    far.tier.write('thing:7', old)
  })

  it('shares no load with a value of this one', async () => {
    load.mockImplementation(slowLoad)
    database.mockResolvedValueOnce('dropped too')
    const cache = twoTiers()

    const before = cache.get(7)
    await turn()
    const after = cache.get(7)
    await turn()
    loads[1]?.resolve({ version: 1, value: 'new' })
    loads[0]?.resolve({ version: 9, value: 'old' })

    expect([await before, await after].map(({ value }) => value)).toEqual(['old', 'new'])
    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })

  it('is shown while nobody can say which database this one is', async () => {
    database.mockRejectedValue(new Error('no connection'))

    expect(await twoTiers().get(7)).toMatchObject({ value: 'old', hit: true })
    expect(load).not.toHaveBeenCalled()
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
    const slow = cache.get(7)
    await turn()

    now.mockReturnValue(1000 + ms)
    loads[0]?.resolve({ value: 'loaded' })

    expect(await slow).toMatchObject({ value: 'loaded', hit: false })
    now.mockReturnValue(1000)
    expect(far.tier.read('thing:7')?.value).toBe(ms > 5000 ? undefined : 'loaded')
  })

  it.each([
    ['an invalidation', () => cache.invalidate(7)],
    ['a commit', () => cache.set(7, { version: 5, value: 'new' })],
  ])('is not kept when %s here has overtaken it, though the tier has forgotten that', async (_, overtake) => {
    load.mockImplementation(slowLoad)
    far.tier = new LocalTier({ maxEntries: 1 })
    const slow = cache.get(7)
    await turn()

    await overtake()
    far.tier.write('thing:8', copy(1, 'another'))
    loads[0]?.resolve({ value: 'old' })
    await slow

    expect(far.tier.read('thing:7')).toBeUndefined()
  })
})

it('reads that share a load share its failure too, and no longer than the flight', async () => {
  load.mockImplementation(slowLoad)
  const cache = twoTiers()

  const reads = Promise.allSettled([cache.get(7), cache.get(7)])
  await turn()
  loads[0]?.reject(new Error('no connection'))
  const outcomes = await reads
  load.mockResolvedValue({ version: 1, value: 'loaded' })

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await cache.get(7)).toMatchObject({ value: 'loaded', hit: false })
})

describe('invalidating a value that has no version of its own', () => {
  beforeEach(() => {
    load.mockImplementation(slowLoad)
  })

  it.each<[string, () => Promise<void> | undefined, number[]]>([
    ['here', () => cache.invalidate(7), [0, 1]],
    ['here', () => cache.invalidate(7), [1, 0]],
    ['by another instance', () => far.invalidate('thing:7', 'ours'), [1, 0]],
  ])('%s keeps reads from the load that began before, and the new value: %#', async (_, drop, order) => {
    const values = [{ value: 'old' }, { value: 'new' }]
    const before = cache.get(7)
    await turn()

    await drop()
    const after = cache.get(7)
    await turn()
    for (const index of order) {
      loads[index]?.resolve(values[index])
      await turn()
    }

    expect([await before, await after]).toMatchObject([
      { value: 'old', hit: false },
      { value: 'new', hit: false },
    ])
    expect(await cache.get(7)).toMatchObject({ value: 'new', hit: true })
  })
})
