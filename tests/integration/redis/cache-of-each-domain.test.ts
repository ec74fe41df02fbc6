import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { removeKeys } from '../../../bench/services/redis-keys.ts'
import { type CacheInstance, startCacheInstance } from '../../support/cache-instances.ts'
import { ownServices } from '../../support/own-services.ts'
import { storeProduct } from '../../support/stories.ts'

const own = ownServices({ redis: true })

let ofProducts: string
let ofOrders: string
let shop: CacheInstance

const databaseOf = (number: number) => Object.assign(new URL(own.redisUrl), { pathname: `/${number}` }).href

beforeAll(() => {
  ofProducts = databaseOf(14)
  ofOrders = databaseOf(15)
})

afterEach(() => shop.shutDown())

afterAll(async () => {
  for (const url of [ofProducts, ofOrders]) await removeKeys(url, own.cachePrefix)
})

/** A shop whose domains have a cache each. */
async function startShop(productsRedisUrl: string, ordersRedisUrl: string): Promise<void> {
  Object.assign(process.env, { PRODUCTS_REDIS_URL: productsRedisUrl, ORDERS_REDIS_URL: ordersRedisUrl })
  shop = await startCacheInstance({ ...own, redisUrl: '' })
  delete process.env.PRODUCTS_REDIS_URL
  delete process.env.ORDERS_REDIS_URL
}

/** Without the key of the health check. */
async function copiesIn(url: string): Promise<string[]> {
  const redis = new Redis(url)
  const keys = await redis.keys(`${own.cachePrefix}*`)
  redis.disconnect()
  return keys.map((key) => key.slice(own.cachePrefix.length)).filter((key) => key !== 'health')
}

describe('a cache for each domain', () => {
  it('keeps products in the one that PRODUCTS_REDIS_URL names, and lists of orders in the one of ORDERS_REDIS_URL', async () => {
    await startShop(ofProducts, ofOrders)
    const { id } = await storeProduct({ qty: 10 })

    // A busy machine may give a write up.
    await eventually(async () => {
      await shop.findProduct(id)
      await shop.recentOrders(id, { limit: 20, before: undefined })
      return (await copiesIn(ofProducts)).length > 0 && (await copiesIn(ofOrders)).length > 0
    })

    expect(await copiesIn(ofProducts)).toEqual([`product:${id}`])
    expect(await copiesIn(ofOrders)).toEqual([`orders:product:${id}`])
  })

  it.each(['products', 'orders'])('is down while the one of %s is away', async (domain) => {
    const nowhere = `redis://127.0.0.1:${await freePort()}`
    await startShop(domain === 'products' ? nowhere : ofProducts, domain === 'orders' ? nowhere : ofOrders)

    expect(await shop.cacheAnswers()).toBe(false)
  })

  it('is up while both take what is written', async () => {
    await startShop(ofProducts, ofOrders)

    await eventually(shop.cacheAnswers)
  })
})
