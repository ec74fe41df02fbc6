import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { nextProductsHeader } from './product-list.ts'
import { listProducts } from './product-list-store.ts'
import { productRoutes } from './product-routes.ts'

export const handler = endpoint(productRoutes.listProducts, async ({ query }) => {
  const { search, inStock, sort, limit, cursor: before } = query
  const request = { search, isInStock: inStock === 'true', sort, limit: limit + 1, before }
  const listed = await listProducts(request)
  const page = listed.slice(0, limit)
  const next = listed.length > limit ? page.at(-1)?.place : undefined

  return json(
    200,
    page.map(({ product }) => product),
    nextProductsHeader(query, next),
  )
})
