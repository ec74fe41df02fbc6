import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Cache } from '@stockroom/cache/cache'
import { LocalTier } from '@stockroom/cache/local-tier'
import { exampleOrder, type Order } from './order.ts'

let tier: LocalTier
const listOrders = jest.fn<typeof import('./order-store.ts').listOrders>()
jest.unstable_mockModule('./order-store.ts', () => ({ listOrders }))
jest.unstable_mockModule('@stockroom/database/identity', () => ({ databaseIdentity: async () => 'ours' }))
jest.unstable_mockModule('@stockroom/cache/create-cache', () => ({
  sharedCache: (source: object) => new Cache({ ...source, tiers: () => [tier] } as never),
}))
const { recentOrders, refreshRecentOrders } = await import('./recent-orders.ts')

const order = (id: number, productId = 7) => ({ ...exampleOrder, id, productId }) as Order
const firstPage = { limit: 20, before: undefined }

beforeEach(() => {
  tier = new LocalTier()
  listOrders.mockReset().mockImplementation(async (productId) => [order(9, productId), order(8, productId)])
})

describe('the recent orders of a product', () => {
  it('drops the pages of every product that was ordered, and no others', async () => {
    for (const productId of [1, 2, 3]) await recentOrders(productId, firstPage)

    await refreshRecentOrders([order(10, 1), order(11, 2), order(12, 1)])

    const pages = await Promise.all([1, 2, 3].map((productId) => recentOrders(productId, firstPage)))
    expect(pages.map(({ hit }) => hit)).toEqual([false, false, true])
  })

  it.each([
    ['an order without a member that orders have now', { page: [{ ...order(9), settledAt: undefined }] }],
    ['an order of another product', { page: [order(9, 8)] }],
    ['something that is no order', { page: [null] }],
    ['no page', { orders: [] }],
    ['a place of the next page that is none', { page: [order(9)], next: '8' }],
    ['a text', 'page'],
  ])('are read from the database when the copy is none of ours: %s', async (_, value) => {
    tier.write('orders:product:7', { version: 3, database: 'ours', value })

    const { value: shown, hit } = await recentOrders(7, firstPage)

    expect({ shown, hit }).toEqual({ shown: { page: [order(9), order(8)] }, hit: false })
  })

  it.each([
    ['another size', { limit: 19, before: undefined }],
    ['a later place', { limit: 20, before: 9 }],
  ])('reads pages of %s from the database each time', async (_, request) => {
    await recentOrders(7, firstPage)

    const one = await recentOrders(7, request)
    const other = await recentOrders(7, request)

    expect([one.hit, other.hit]).toEqual([false, false])
    expect(listOrders).toHaveBeenLastCalledWith(7, request.limit + 1, request.before)
  })
})
