import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { nextProductsHeader, productListRequest } from './product-list.ts'
import { listProducts } from './product-list-store.ts'

export const handler = endpoint(async ({ query, headers }) => {
  const request = productListRequest(query)
  const listed = await listProducts({ ...request, limit: request.limit + 1 })
  const page = listed.slice(0, request.limit)
  const next = listed.length > page.length ? page.at(-1)?.place : undefined

  return conditional(
    headers,
    json(
      200,
      page.map(({ product }) => product),
      nextProductsHeader(request, next),
    ),
  )
})
