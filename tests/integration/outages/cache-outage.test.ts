import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import type { Product } from '../../../functions/products/product.ts'
import { type CacheInstance, startCacheInstance } from '../../support/cache-instances.ts'
import { ownServices } from '../../support/own-services.ts'
import { storeProduct } from '../../support/stories.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

const own = ownServices({ redis: true })

let proxy: TcpProxy
let here: CacheInstance
let there: CacheInstance
let product: Product
let version: number

beforeAll(async () => {
  proxy = await TcpProxy.inFrontOf(own.redisUrl, 6379)
  here = await startCacheInstance({ ...own, redisUrl: proxy.addressFor(own.redisUrl) })
  there = await startCacheInstance(own)
})

beforeEach(async () => {
  await proxy.recover()
  await eventually(here.cacheAnswers)
  version = 1
  product = await storeProduct({ qty: 10 })
})

afterAll(async () => {
  await proxy.close()
  await here.shutDown()
  await there.shutDown()
})

const firstPage = { limit: 20, before: undefined }

/** Everything that the shop does with the cache; each must come to its end while Redis is away. */
const everything = async () => {
  const { id } = await storeProduct({ qty: 3 })
  const product = (await here.findProduct(id)).value as Product
  await here.writeThrough([{ product: { ...product, qty: 2 }, version: 2 }])
  const shown = (await here.findProduct(id)).value?.qty
  const orders = (await here.recentOrders(id, firstPage)).value?.page
  await here.refreshRecentOrders([{ productId: id } as never])
  const { warmed } = await here.warmProducts([id])
  await here.tombstone(id, 2)
  return { shown, orders, warmed: warmed.length, hidden: (await here.findProduct(id)).value }
}
/** Whether `here` shows what `there` has committed while its own copy would still do. */
const hearsNewValues = async () => {
  version += 1
  await here.findProduct(product.id)
  await there.writeThrough([{ product: { ...product, qty: version }, version }])
  const heard = async () => (await here.findProduct(product.id)).value?.qty === version
  return eventually(heard, 300).catch(() => false)
}
const asEver = { shown: 2, orders: [], warmed: 1, hidden: null }

describe.each([
  ['refuses connections', () => proxy.refuse(), () => proxy.accept()],
  ['is silent', async () => proxy.fallSilent(), async () => proxy.speak()],
])('when Redis %s', (_how, lose, regain) => {
  beforeEach(async () => {
    await here.findProduct(product.id)
    await lose()
  })

  it('nothing fails, and everything comes to the same', async () => {
    expect(await everything()).toEqual(asEver)
  })

  it('readers wait once or twice for what is not in the process, and not for each value', async () => {
    // At 250 ms each, more than the test has time for.
    const products = await Promise.all(Array.from({ length: 500 }, () => storeProduct()))

    for (const { id } of products) expect((await here.findProduct(id)).value?.id).toBe(id)
  })

  it('cacheAnswers says so, and when it is back the cache works and new values are heard of again', async () => {
    const answers = await here.cacheAnswers()
    await everything()
    const { id } = await storeProduct()

    await regain()
    await eventually(here.cacheAnswers)
    await here.findProduct(id)

    expect(answers).toBe(false)
    expect(await there.findProduct(id)).toMatchObject({ hit: true })
    await eventually(() => hearsNewValues())
  })

  it('an instance that starts meanwhile works without it', async () => {
    const newcomer = await startCacheInstance({ ...own, redisUrl: proxy.addressFor(own.redisUrl) })

    const { value } = await newcomer.findProduct(product.id)
    await newcomer.shutDown()

    expect(value).toEqual(product)
  })
})

it('when Redis comes back after it was away, an instance shows what others committed meanwhile', async () => {
  await here.findProduct(product.id)
  await proxy.refuse()
  await there.writeThrough([{ product: { ...product, qty: 4 }, version: 2 }])

  await proxy.accept()
  await eventually(here.cacheAnswers)

  await eventually(async () => (await here.findProduct(product.id)).value?.qty === 4)
})

it('when Redis leaves the subscription of a connection that came back unanswered, an instance goes on, and asks until it is answered', async () => {
  await here.findProduct(product.id)
  proxy.swallow('subscribe')
  const before = proxy.swallowed
  proxy.cut()
  await eventually(here.cacheAnswers)
  // It was asked for again, so the first time has gone by unanswered.
  await eventually(() => proxy.swallowed > before + 1)

  // jest fails a test for a rejection that nobody handles, as Node.js ends a process for one.
  expect((await here.findProduct(product.id)).value).toEqual(product)
  proxy.swallow(undefined)

  await eventually(() => hearsNewValues())
})
