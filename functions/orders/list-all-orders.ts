import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { cutPage, nextPageHeader, pageRequest } from '@stockroom/http/pagination'
import { json } from '@stockroom/http/response'
import { listAllOrders } from './order-store.ts'

export const handler = endpoint(async ({ query, headers }) => {
  const { limit, before } = pageRequest(query)
  const { page, next } = cutPage(await listAllOrders(limit + 1, before), limit)

  return conditional(headers, json(200, page, nextPageHeader('/orders', limit, next)))
})
