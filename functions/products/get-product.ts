import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { cacheHeader, json } from '@stockroom/http/response'
import { findProduct } from './catalogue.ts'
import { productTag } from './product.ts'

export const handler = endpoint(async ({ path, headers }) => {
  const id = pathId(path.id, 'product-not-found')
  const { value: product, hit, version = 0 } = await findProduct(id)
  if (!product) throw new Problem('product-not-found', `There is no product ${id}.`)

  return conditional(headers, json(200, product, cacheHeader(hit)), productTag({ product, version }))
})
