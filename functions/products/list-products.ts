import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { cutPage, nextPageHeader, pageRequest } from '@stockroom/http/pagination'
import { json } from '@stockroom/http/response'
import { listProducts } from './product-store.ts'

export const handler = endpoint(async ({ query, headers }) => {
  const { limit, before } = pageRequest(query)
  const { page, next } = cutPage(await listProducts(limit + 1, before), limit)

  return conditional(headers, json(200, page, nextPageHeader('/products', limit, next)))
})
