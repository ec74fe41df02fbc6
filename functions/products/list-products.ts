import { endpoint } from '@stockroom/http/endpoint'
import { cutPage, nextPageHeader, pageRequest } from '@stockroom/http/pagination'
import { json } from '@stockroom/http/response'
import { listProducts } from './product-store.ts'

export const handler = endpoint(async ({ query }) => {
  const { limit, before } = pageRequest(query)
  const { page, next } = cutPage(await listProducts(limit + 1, before), limit)

  return json(200, page, nextPageHeader('/products', limit, next))
})
