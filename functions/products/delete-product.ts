import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { noContent } from '@stockroom/http/response'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { productDeleted } from '@stockroom/messaging/events'
import { hideProduct } from './catalogue.ts'
import { removeProduct } from './product-store.ts'

export const handler = endpoint(async ({ path, requestId, traceparent }) => {
  const id = pathId(path.id, 'product-not-found')
  const { result: lastVersion, announced } = await commitAndAnnounce('products', async (trx, tell) => {
    const removed = await removeProduct(trx, id)
    if (removed === undefined) throw new Problem('product-not-found', `There is no product ${id}.`)
    tell(productDeleted.of({ id }, removed + 1), requestId, traceparent)
    return removed
  })
  await Promise.all([hideProduct(id, lastVersion), announced])

  return noContent()
})
