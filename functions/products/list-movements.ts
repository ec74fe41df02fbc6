import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { cutPage, nextPageHeader, pageRequest } from '@stockroom/http/pagination'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { listMovements } from './ledger-store.ts'
import { findProducts } from './product-store.ts'

export const handler = endpoint(async ({ path, query, headers }) => {
  const id = pathId(path.id, 'product-not-found')
  const { limit, before } = pageRequest(query)
  const { page, next } = cutPage(await listMovements(id, limit + 1, before), limit)
  if (page.length === 0 && (await findProducts([id])).length === 0)
    throw new Problem('product-not-found', `There is no product ${id}, nor was there one.`)

  return conditional(headers, json(200, page, nextPageHeader(`/products/${id}/movements`, limit, next)))
})
