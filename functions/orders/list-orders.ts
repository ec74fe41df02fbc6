import { endpoint } from '@stockroom/http/endpoint'
import { nextPageHeader } from '@stockroom/http/pagination'
import { cacheHeader, json } from '@stockroom/http/response'
import { orderRoutes } from './order-routes.ts'
import { recentOrders } from './recent-orders.ts'

export const handler = endpoint(orderRoutes.listOrders, async ({ path, query: { limit, cursor } }) => {
  const { productId } = path
  if (!Number.isSafeInteger(productId)) return json(200, [], cacheHeader(false))

  const { value: orders, hit } = await recentOrders(productId, { limit, before: cursor })
  const link = nextPageHeader(`/orders/product/${productId}`, limit, orders?.next)
  return json(200, orders?.page, { ...cacheHeader(hit), ...link })
})
