import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { cacheHeader, json } from '@stockroom/http/response'
import { findProduct } from './catalogue.ts'
import { productTag } from './product.ts'
import { productRoutes } from './product-routes.ts'

export const handler = endpoint(productRoutes.getProduct, async ({ path: { id } }) => {
  const { value: product, hit, version = 0 } = await findProduct(id)
  if (!product) throw new Problem('product-not-found', `There is no product ${id}.`)

  return json(200, product, { ...cacheHeader(hit), etag: productTag({ product, version }) })
})
