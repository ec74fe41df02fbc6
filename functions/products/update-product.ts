import { requireMatch } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { commitWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { productUpdated } from '@stockroom/messaging/events'
import { writeThrough } from './catalogue.ts'
import { productTag } from './product.ts'
import { productRoutes } from './product-routes.ts'
import { changeProduct, lockProduct } from './product-store.ts'

export const handler = endpoint(productRoutes.updateProduct, async (request) => {
  const { path, headers, body, requestId, traceparent } = request
  const { id } = path
  const updated = await commitWithOutbox('products', async (trx, record) => {
    const present = await lockProduct(trx, id)
    if (!present) throw new Problem('product-not-found', `There is no product ${id}.`)
    requireMatch(headers, productTag(present))
    const changed = await changeProduct(trx, present.product, body)
    record(productUpdated.of(changed.product, changed.version), requestId, traceparent)
    return changed
  })
  await writeThrough([updated])

  return json(200, updated.product, { etag: productTag(updated) })
})
