import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { cacheHeader, json } from '@stockroom/http/response'
import { findProduct } from './catalogue.ts'

export const handler = endpoint(async ({ path }) => {
  const id = pathId(path.id, 'product-not-found')
  const { value: product, hit } = await findProduct(id)
  if (!product) throw new Problem('product-not-found', `There is no product ${id}.`)

  return json(200, product, cacheHeader(hit))
})
