import { endpoint } from '@stockroom/http/endpoint'
import { cutPage, nextPageHeader } from '@stockroom/http/pagination'
import { json } from '@stockroom/http/response'
import { orderRoutes } from './order-routes.ts'
import { listAllOrders } from './order-store.ts'

export const handler = endpoint(orderRoutes.listAllOrders, async ({ query: { limit, cursor } }) => {
  const { page, next } = cutPage(await listAllOrders(limit + 1, cursor), limit)

  return json(200, page, nextPageHeader('/orders', limit, next))
})
