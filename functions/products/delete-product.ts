import { requireMatch } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { noContent } from '@stockroom/http/response'
import { commitWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { productDeleted } from '@stockroom/messaging/events'
import { tombstone } from './catalogue.ts'
import { productTag } from './product.ts'
import { lockProduct, removeProduct } from './product-store.ts'

export const handler = endpoint(async ({ path, headers, requestId, traceparent }) => {
  const id = pathId(path.id, 'product-not-found')
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
