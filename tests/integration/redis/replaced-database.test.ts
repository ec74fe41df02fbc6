import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { removeKeys } from '../../../bench/services/redis-keys.ts'
import { migrateAll } from '../../../migrations/all.ts'
import { type CacheInstance, startCacheInstance } from '../../support/cache-instances.ts'
import { testEnvironment } from '../../support/environment.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ redis: true })
const firstPage = { limit: 20, before: undefined }

let before: CacheInstance

/** Stores the product 1 at a version, with an order of its own. */
async function storeFirst(name: string, version: number): Promise<void> {
  await own.sql(
    `insert into products.products (id, name, price, qty, version) overriding system value values (1, $1, 1, 1, $2)
     on conflict (id) do update set name = excluded.name, version = excluded.version`,
    [name, version],
  )
}

const orderFirst = () =>
  own.sql('insert into orders.orders (product_id, quantity, unit_price, total_price) values (1, 1, 1, 1)')

/** Drops the database and makes it anew, with another product 1 that nobody has ordered. */
async function makeDatabaseAnew(): Promise<void> {
  const server = testEnvironment().databaseServerUrl as string
  const name = new URL(own.databaseUrl).pathname.slice(1)
  await runSql(server, `drop database ${name} with (force)`)
  await runSql(server, `create database ${name}`)
  await migrateAll()
  await storeFirst('new', 1)
}

const shownBy = async (instance: CacheInstance) => ({
  name: (await instance.findProduct(1)).value?.name,
  orders: (await instance.recentOrders(1, firstPage)).value?.page.length,
})

beforeEach(async () => {
  await removeKeys(own.redisUrl, own.cachePrefix)
  await storeFirst('old', 57)
  await orderFirst()
  before = await startCacheInstance(own)
})

afterEach(() => before.shutDown())

describe('when the database is dropped and made anew, and Redis is kept', () => {
  beforeEach(async () => {
    await shownBy(before)
    await makeDatabaseAnew()
  })

  it('a process that starts afterwards shows nothing of the old one', async () => {
    const after = await startCacheInstance(own)

    const shown = await shownBy(after)
    await after.shutDown()

    expect(shown).toEqual({ name: 'new', orders: 0 })
  })

  it('a process that was running shows the new one within seconds, and caches it', async () => {
    await eventually(async () => (await shownBy(before)).name === 'new')
    await eventually(async () => (await shownBy(before)).orders === 0)

    await eventually(async () => (await before.findProduct(1)).hit)
    expect(await shownBy(before)).toEqual({ name: 'new', orders: 0 })
  })
})

describe('when the rows of a database go back to an earlier state', () => {
  it('nothing of the later one is shown once its identity was renewed', async () => {
    const shown = await shownBy(before)
    await own.sql('delete from orders.orders where product_id = 1')
    await storeFirst('restored', 40)
    const { renewIdentity } = await import('@stockroom/database/identity')

    await Promise.all([renewIdentity('products'), renewIdentity('orders')])

    const after = await startCacheInstance(own)
    const restored = await shownBy(after)
    await after.shutDown()
    expect(shown.name).toBe('old')
    expect(restored).toEqual({ name: 'restored', orders: 0 })
  })
})
