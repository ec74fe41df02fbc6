import { requireMatch } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { noContent } from '@stockroom/http/response'
import { commitWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { productDeleted } from '@stockroom/messaging/events'
import { tombstone } from './catalogue.ts'
import { productTag } from './product.ts'
import { productRoutes } from './product-routes.ts'
import { lockProduct, removeProduct } from './product-store.ts'

export const handler = endpoint(productRoutes.deleteProduct, async (request) => {
  const { path, headers, requestId, traceparent } = request
  const { id } = path
  const lastVersion = await commitWithOutbox('products', async (trx, record) => {
    const present = await lockProduct(trx, id)
    if (!present) throw new Problem('product-not-found', `There is no product ${id}.`)
    requireMatch(headers, productTag(present))
    await removeProduct(trx, present.product)
    record(productDeleted.of({ id }, present.version + 1), requestId, traceparent)
    return present.version
  })
  await tombstone(id, lastVersion)

  return noContent()
})
