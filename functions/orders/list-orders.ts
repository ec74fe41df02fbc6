import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { nextPageHeader, pageRequest } from '@stockroom/http/pagination'
import { Problem } from '@stockroom/http/problem'
import { cacheHeader, json } from '@stockroom/http/response'
import { recentOrders } from './recent-orders.ts'

export const handler = endpoint(async ({ path, query, headers }) => {
  const productId = path.productId ?? ''
  if (!/^\d+$/.test(productId))
    throw new Problem('product-not-found', 'A product id is a non-negative integer.')
  const request = pageRequest(query)
  if (!Number.isSafeInteger(Number(productId))) {
    return conditional(headers, json(200, [], cacheHeader(false)))
  }

  const { value: orders, hit } = await recentOrders(Number(productId), request)
  const link = nextPageHeader(`/orders/product/${productId}`, request.limit, orders?.next)
  return conditional(headers, json(200, orders?.page, { ...cacheHeader(hit), ...link }))
})
