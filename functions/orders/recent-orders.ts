import type { Cached } from '@stockroom/cache/cache'
import { sharedCache } from '@stockroom/cache/create-cache'
import { databaseIdentity } from '@stockroom/database/identity'
import { cutPage, defaultLimit, type PageRequest } from '@stockroom/http/pagination'
import type { Order } from './order.ts'
import { listOrders } from './order-store.ts'

/** A page of a product's orders, and the id below which the next page begins. */
export interface OrderPage {
  page: Order[]
  next?: number
}

/** The first page of each product. A new order is in it at once, so no instance keeps a copy of its own. */
const firstPages = sharedCache<OrderPage>({
  name: 'orders-of-product',
  domain: 'orders',
  key: (productId) => `orders:product:${productId}`,
  load: async (productId) => ({
    value: await readPage(productId, { limit: defaultLimit, before: undefined }),
  }),
  database: () => databaseIdentity('orders'),
  isValue: isPageOf,
})

/** Reads a page of a product's orders; the first page of the default size may come out of the cache. */
export async function recentOrders(productId: number, request: PageRequest): Promise<Cached<OrderPage>> {
  if (request.limit === defaultLimit && request.before === undefined) return firstPages.get(productId)
  return { value: await readPage(productId, request), hit: false }
}

/** Drops the first pages of the products of these orders, after a commit that changed the orders. */
export async function refreshRecentOrders(orders: readonly Pick<Order, 'productId'>[]): Promise<void> {
  const productIds = new Set(orders.map(({ productId }) => productId))
  await Promise.all([...productIds].map((productId) => firstPages.invalidate(productId)))
}

async function readPage(productId: number, { limit, before }: PageRequest): Promise<OrderPage> {
  return cutPage(await listOrders(productId, limit + 1, before), limit)
}

/** Whether a copy is a page of the product's orders as this version of the shop knows orders. */
function isPageOf(copy: unknown, productId: number): copy is OrderPage {
  if (typeof copy !== 'object' || copy === null) return false
  const { page, next } = copy as Partial<OrderPage>
  return (
    Array.isArray(page) &&
    page.every((order) => isOrderOf(order, productId)) &&
    (next === undefined || Number.isSafeInteger(next))
  )
}

function isOrderOf(copy: unknown, productId: number): boolean {
  if (typeof copy !== 'object' || copy === null) return false
  const { quantity, unitPrice, totalPrice, status, reason, createdAt, settledAt, ...order } =
    copy as Partial<Order>
  return (
    Number.isSafeInteger(order.id) &&
    order.productId === productId &&
    [quantity, unitPrice, totalPrice].every((number) => typeof number === 'number') &&
    [status, createdAt].every((text) => typeof text === 'string') &&
    [reason, settledAt].every((text) => typeof text === 'string' || text === null)
  )
}
