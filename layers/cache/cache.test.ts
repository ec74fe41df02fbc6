import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { cacheReads } from '@stockroom/telemetry/shop-metrics'
import { Cache, type Stored, type Tier } from './cache.ts'
import { LocalTier } from './local-tier.ts'

type Loaded = { version?: number; value: string } | undefined

/** A load that the test ends by hand. */
interface Load {
  succeed(loaded: Loaded): void
  fail(error: Error): void
}

/** A tier that is asked and answers over a network. */
class FarTier implements Tier {
  readonly tier = new LocalTier()
  async read(key: string) {
    return this.tier.read(key)
  }
  async write(key: string, stored: Stored) {
    this.tier.write(key, stored)
  }
  async invalidate(key: string) {
    this.tier.invalidate(key)
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
const key = (id: number) => `thing:${id}`
const twoTiers = () => new Cache<string>({ name, key, load, tiers: () => [near, far], broadcast })
const oneTier = () => new Cache<string>({ name, key, load, tiers: () => [far] })

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
  near = new LocalTier()
  far = new FarTier()
})

describe('reading through a cache', () => {
  it('loads what no tier has, and keeps it in every tier', async () => {
    const cached = await twoTiers().get(7)

    expect(cached).toEqual({ value: 'loaded', hit: false })
    expect(load.mock.calls).toEqual([[7]])
    expect(near.read('thing:7')).toEqual({ version: 3, value: 'loaded' })
    expect(far.tier.read('thing:7')).toEqual({ version: 3, value: 'loaded' })
  })

  it('takes what the nearest tier has', async () => {
    near.write('thing:7', { version: 1, value: 'near' })
    far.tier.write('thing:7', { version: 1, value: 'far' })

    expect(await twoTiers().get(7)).toEqual({ value: 'near', hit: true })
    expect(load).not.toHaveBeenCalled()
  })

  it('takes what a farther tier has, and keeps it nearer', async () => {
    far.tier.write('thing:7', { version: 1, value: 'far' })

    expect(await twoTiers().get(7)).toEqual({ value: 'far', hit: true })
    expect(near.read('thing:7')).toEqual({ version: 1, value: 'far' })
    expect(load).not.toHaveBeenCalled()
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
    near.write('thing:7', { version: 4, value: null })

    expect(await twoTiers().get(7)).toEqual({ value: null, hit: true })
    expect(load).not.toHaveBeenCalled()
  })

  it('does not remember that a value was not found', async () => {
    load.mockResolvedValueOnce(undefined)
    const cache = twoTiers()

    const first = await cache.get(7)
    const second = await cache.get(7)

    expect([first, second]).toEqual([
      { value: null, hit: false },
      { value: 'loaded', hit: false },
    ])
  })

  it('keeps different values apart', async () => {
    load.mockImplementation(async (id) => ({ version: 1, value: `thing ${id}` }))
    const cache = twoTiers()

    await Promise.all([cache.get(1), cache.get(2)])

    expect([await cache.get(1), await cache.get(2)]).toEqual([
      { value: 'thing 1', hit: true },
      { value: 'thing 2', hit: true },
    ])
  })

  it('fails when the load fails, and loads again the next time', async () => {
    load.mockRejectedValueOnce(new Error('no connection'))
    const cache = twoTiers()

    await expect(cache.get(7)).rejects.toThrow('no connection')

    expect(await cache.get(7)).toEqual({ value: 'loaded', hit: false })
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

    expect(await reads).toEqual(new Array(3).fill({ value: 'loaded', hit: false }))
    expect(await late).toEqual({ value: 'loaded', hit: false })
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
    expect(await later).toEqual({ value: 'loaded', hit: false })
  })
})

describe('setting a committed value', () => {
  it('puts it into every tier and tells every instance', async () => {
    await twoTiers().set(7, { version: 5, value: 'new' })

    expect(near.read('thing:7')).toEqual({ version: 5, value: 'new' })
    expect(far.tier.read('thing:7')).toEqual({ version: 5, value: 'new' })
    expect(broadcast.mock.calls).toEqual([['thing:7', { version: 5, value: 'new' }]])
  })

  it('needs nobody to tell', async () => {
    await oneTier().set(7, { version: 5, value: 'new' })

    expect(far.tier.read('thing:7')).toEqual({ version: 5, value: 'new' })
  })

  it('stays, whatever a slow reader brings from before', async () => {
    load.mockImplementation(slowLoad)
    const cache = twoTiers()
    const slow = cache.get(7)
    await turn()

    await cache.set(7, { version: 5, value: 'new' })
    loads[0]?.succeed({ version: 4, value: 'old' })
    await slow

    expect(await cache.get(7)).toEqual({ value: 'new', hit: true })
  })

  it('stays when it arrives before an older value of another writer', async () => {
    const cache = twoTiers()

    await cache.set(7, { version: 5, value: 'new' })
    await cache.set(7, { version: 4, value: 'old' })

    expect(await cache.get(7)).toEqual({ value: 'new', hit: true })
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

    expect(await cache.get(7)).toEqual({ value: 'new', hit: false })
    expect(await cache.get(7)).toEqual({ value: 'new', hit: true })
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

    expect(await before).toEqual({ value: 'old', hit: false })
    expect(await after).toEqual({ value: 'new', hit: false })
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

    expect(await cache.get(7)).toEqual({ value: 'new', hit: true })
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

    far.tier.invalidate('thing:7') // by another instance
    const after = cache.get(7)
    await turn()
    loads[1]?.succeed({ value: 'new' })
    loads[0]?.succeed({ value: 'old' })

    expect(await after).toEqual({ value: 'new', hit: false })
    await before
    expect(await cache.get(7)).toEqual({ value: 'new', hit: true })
  })
})
