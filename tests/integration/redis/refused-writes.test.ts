import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import type { Product } from '../../../functions/products/product.ts'
import { type CacheInstance, startCacheInstance } from '../../support/cache-instances.ts'
import { ownName } from '../../support/environment.ts'
import { ownServices } from '../../support/own-services.ts'
import { RedisClient } from '../../support/redis-client.ts'
import { storeProduct } from '../../support/stories.ts'

// Before the client goes.
afterAll(() => client.redis.acl('DELUSER', user))

const own = ownServices({ redis: true })
const client = RedisClient.of(own)
const user = ownName()
const firstPage = { limit: 20, before: undefined }

let here: CacheInstance
let there: CacheInstance
let product: Product

/** As a full Redis, or a read-only replica, does: with an error for every write, while it answers reads. */
const refuseWrites = () => client.redis.acl('SETUSER', user, '-@write')
const acceptWrites = () => client.redis.acl('SETUSER', user, 'reset', 'on', '>secret', '~*', '&*', '+@all')

beforeEach(async () => {
  await acceptWrites()
  const redisUrl = Object.assign(new URL(own.redisUrl), { username: user, password: 'secret' }).href
  here = await startCacheInstance({ ...own, redisUrl })
  there = await startCacheInstance({ ...own, redisUrl })
  product = await storeProduct({ qty: 10 })
})

afterEach(async () => {
  await here.shutDown()
  await there.shutDown()
})

/** Commits what is left of the product, and shows it. */
async function sellTo(qty: number): Promise<void> {
  await own.sql('update products.products set qty = $1, version = version + 1', [qty])
  await here.writeThrough([{ product: { ...product, qty }, version: 2 }])
}

/** Commits an order of the product, and drops its list. */
async function order(): Promise<void> {
  await own.sql(
    `insert into orders.orders (product_id, quantity, unit_price, total_price)
     select max(id), 1, 1, 1 from products.products`,
  )
  await here.refreshRecentOrders([{ productId: product.id }])
}

const ordersOn = async (instance: CacheInstance) =>
  (await instance.recentOrders(product.id, firstPage)).value?.page.length

/** What an instance shows of the stock until it has read past its own copy. */
async function stockShownBy(instance: CacheInstance): Promise<Set<number | undefined>> {
  const shown = new Set<number | undefined>()
  await eventually(async () => {
    const { value, hit } = await instance.findProduct(product.id)
    shown.add(value?.qty)
    return !hit
  })
  return shown
}

describe('while Redis refuses writes', () => {
  beforeEach(async () => {
    await eventually(() => client.isCopied(`product:${product.id}`, () => here.findProduct(product.id)))
    await eventually(() =>
      client.isCopied(`orders:product:${product.id}`, () => here.recentOrders(product.id, firstPage)),
    )
    await refuseWrites()
  })

  it('an instance never shows less than it has committed', async () => {
    await sellTo(7)

    expect(await stockShownBy(here)).toEqual(new Set([7]))
  })

  it('an instance never shows less than it has heard of', async () => {
    await there.findProduct(product.id)
    await sellTo(7)
    await eventually(async () => (await there.findProduct(product.id)).value?.qty === 7)

    expect(await stockShownBy(there)).toEqual(new Set([7]))
  })

  it('a new order is in its list at once, and for everybody as soon as Redis accepts writes and the list was read', async () => {
    await order()
    const atOnce = await ordersOn(here)
    await acceptWrites()

    expect([atOnce, await ordersOn(here), await ordersOn(there)]).toEqual([1, 1, 1])
    await eventually(async () => (await here.recentOrders(product.id, firstPage)).hit)
  })

  it('cacheAnswers says so, and says when it accepts them again', async () => {
    const refused = await here.cacheAnswers()
    await acceptWrites()

    expect(refused).toBe(false)
    await eventually(here.cacheAnswers)
  })
})
