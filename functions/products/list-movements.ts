import { endpoint } from '@stockroom/http/endpoint'
import { cutPage, nextPageHeader } from '@stockroom/http/pagination'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { listMovements } from './ledger-store.ts'
import { productRoutes } from './product-routes.ts'
import { findProducts } from './product-store.ts'

export const handler = endpoint(
  productRoutes.listMovements,
  async ({ path: { id }, query: { limit, cursor } }) => {
    const { page, next } = cutPage(await listMovements(id, limit + 1, cursor), limit)
    if (page.length === 0 && (await findProducts([id])).length === 0)
      throw new Problem('product-not-found', `There is no product ${id}, nor was there one.`)

    return json(200, page, nextPageHeader(`/products/${id}/movements`, limit, next))
  },
)
