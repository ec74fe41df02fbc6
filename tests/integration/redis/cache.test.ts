import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import type { Product } from '../../../functions/products/product.ts'
import { type CacheInstance, startCacheInstance } from '../../support/cache-instances.ts'
import { ownServices } from '../../support/own-services.ts'
import { RedisClient } from '../../support/redis-client.ts'
import { storeProduct } from '../../support/stories.ts'

const own = ownServices({ redis: true })
const client = RedisClient.of(own)

// Less than the second for which an instance keeps a copy of its own: what comes sooner was told over Redis.
const atOnceMs = 700

let here: CacheInstance
let there: CacheInstance
let product: Product

beforeEach(async () => {
  here = await startCacheInstance(own)
  there = await startCacheInstance(own)
  product = await storeProduct({ qty: 10 })
})

afterEach(async () => {
  await here.shutDown()
  await there.shutDown()
})

/** What Redis has of the test's product, or of another key. */
const stored = async (key = `product:${product.id}`) => JSON.parse(String(await client.stored(key)))
const store = (text: string) => client.redis.set(`${own.cachePrefix}product:${product.id}`, text)
const withQty = (qty: number) => ({ ...product, qty })
const show = (instance: CacheInstance, qty: number, version: number) =>
  instance.writeThrough([{ product: withQty(qty), version }])
const firstPage = { limit: 20, before: undefined }
const texts = {
  name: 'texts',
  domain: 'orders' as const,
  database: async () => 'ours',
  isValue: (copy: unknown): copy is string => typeof copy === 'string',
}

/** Waits until an instance listens for the values of others: a first read makes it begin. */
async function listens(...instances: CacheInstance[]): Promise<void> {
  for (const instance of instances) await instance.findProduct(product.id)
  const channel = `${own.cachePrefix}cache-updates`
  await eventually(async () => {
    const [, count] = await client.redis.pubsub('NUMSUB', channel)
    return count === instances.length
  })
}

describe('a product in the cache', () => {
  it('that one instance has read is a hit for the others, under a key that people can read, with a time to live', async () => {
    await here.findProduct(product.id)

    expect(await there.findProduct(product.id)).toMatchObject({ value: product, hit: true })
    expect(await stored()).toEqual({ version: 1, database: expect.any(String), value: product })
    const seconds = await client.redis.ttl(`${own.cachePrefix}product:${product.id}`)
    expect(seconds).toBeGreaterThan(50)
    expect(seconds).toBeLessThanOrEqual(60)
  })

  it('shows its new value at once on an instance that still has the old one', async () => {
    await listens(here, there)
    const before = await there.findProduct(product.id)

    await show(here, 7, 2)

    await eventually(async () => (await there.findProduct(product.id)).value?.qty === 7, atOnceMs)
    expect(before).toMatchObject({ value: product, hit: true })
  })

  it('is gone at once on every instance when it is deleted', async () => {
    await listens(here, there)

    await here.tombstone(product.id, 1)

    await eventually(async () => (await there.findProduct(product.id)).value === null, atOnceMs)
    expect(await here.findProduct(product.id)).toMatchObject({ value: null, hit: true })
  })

  it('never goes back to an older value, whoever writes it and however late', async () => {
    await listens(here, there)
    await show(here, 5, 3)
    await eventually(async () => (await there.findProduct(product.id)).value?.qty === 5, atOnceMs)

    await show(there, 8, 2)

    expect(await stored()).toMatchObject({ version: 3, value: withQty(5) })
    const shown = [await there.findProduct(product.id), await here.findProduct(product.id)]
    expect(shown.map(({ value }) => value?.qty)).toEqual([5, 5])
  })

  it('ends with the newest of many values that two instances write at once, in any order', async () => {
    await listens(here, there)
    const versions = Array.from({ length: 40 }, (_, n) => n + 2)

    await Promise.all(
      versions.toReversed().map((version) => show(version % 2 ? here : there, version, version)),
    )

    expect(await stored()).toMatchObject({ version: 41 })
    await eventually(async () => {
      const both = await Promise.all([here.findProduct(product.id), there.findProduct(product.id)])
      return both.every(({ value }) => value?.qty === 41)
    }, atOnceMs)
  })

  it('that was not found is looked for again', async () => {
    const missing = 9_007_199_254_740_991

    const found = [await here.findProduct(missing), await here.findProduct(missing)]

    expect(found).toMatchObject(Array(2).fill({ value: null, hit: false }))
    expect(await stored(`product:${missing}`)).toBeNull()
  })

  it.each([
    'hello',
    '{"version":57,"value":{"id":1,"name":"as it was written before databases had an identity"}}',
    '{"version":57,"database":"of another database","value":null}',
  ])('takes the place of what somebody else has written there: %s', async (text) => {
    await store(text)

    expect(await here.findProduct(product.id)).toMatchObject({ value: product, hit: false })

    // A busy machine may give the first write up.
    await eventually(async () => {
      await here.findProduct(product.id)
      return (await client.stored(`product:${product.id}`))?.includes(JSON.stringify(product))
    })
  })

  it('takes the place of a version that no row ever has', async () => {
    await here.findProduct(product.id)
    const { database } = await stored()
    await store(`{"version":99999999999999999999,"database":"${database}","value":null}`)

    await show(here, 7, 2)

    expect(await there.findProduct(product.id)).toMatchObject({ value: withQty(7), hit: true })
  })

  it('can be warmed up, and says what is missing', async () => {
    const other = await storeProduct()

    const outcome = await here.warmProducts([other.id, 9_007_199_254_740_991, product.id, other.id])

    expect(outcome).toEqual({ warmed: [other.id, product.id], missing: [9_007_199_254_740_991] })
    expect(await there.findProduct(other.id)).toMatchObject({ value: other, hit: true })
  })
})

describe('the orders of a product in the cache', () => {
  it('have a key that people can read', async () => {
    await here.recentOrders(product.id, firstPage)

    expect(await stored(`orders:product:${product.id}`)).toMatchObject({ value: { page: [] } })
    expect(await here.recentOrders(product.id, firstPage)).toMatchObject({ hit: true })
  })

  it('are read anew by every instance from the moment that a change is committed', async () => {
    await here.recentOrders(product.id, firstPage)
    await there.recentOrders(product.id, firstPage)

    await here.refreshRecentOrders([{ productId: product.id } as never])

    expect(await there.recentOrders(product.id, firstPage)).toMatchObject({ hit: false })
  })
})

describe('a shared cache', () => {
  it('does not keep what an instance began to read before another one dropped it', async () => {
    const { promise: readsLate, resolve: endRead } = Promise.withResolvers<string>()
    const { promise: hasBegun, resolve: tellBegun } = Promise.withResolvers<void>()
    const key = () => 'late:1'
    const slow = here.sharedCache<string>({
      ...texts,
      key,
      load: async () => {
        tellBegun()
        return { value: await readsLate }
      },
    })
    const other = there.sharedCache<string>({ ...texts, key, load: async () => ({ value: 'new' }) })

    const reading = slow.get(1)
    await hasBegun
    // A busy machine may give an invalidation up.
    await eventually(async () => {
      await other.invalidate(1)
      return client.stored(key())
    })
    endRead('old')
    await reading

    expect(await other.get(1)).toMatchObject({ value: 'new', hit: false })
    expect(await slow.get(1)).toMatchObject({ value: 'new', hit: true })
  })
})

describe('CACHE_PREFIX', () => {
  it('keeps two shops on one Redis apart', async () => {
    const stranger = await startCacheInstance({ ...own, cachePrefix: `${own.cachePrefix}stranger:` })
    await listens(here)
    await stranger.findProduct(product.id)

    await stranger.writeThrough([{ product: withQty(3), version: 9 }])
    const mine = await here.findProduct(product.id)
    await stranger.shutDown()

    expect(mine.value).toEqual(product)
  })
})
