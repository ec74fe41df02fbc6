import { endpointWithBody } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { productCreated } from '@stockroom/messaging/events'
import { showProducts } from './catalogue.ts'
import { NewProduct, productTag } from './product.ts'
import { insertProduct } from './product-store.ts'

export const handler = endpointWithBody(NewProduct, async ({ body, requestId, traceparent }) => {
  const { result: created, announced } = await commitAndAnnounce('products', async (trx, tell) => {
    const inserted = await insertProduct(trx, body)
    tell(productCreated.of(inserted.product, inserted.version), requestId, traceparent)
    return inserted
  })
  await Promise.all([showProducts([created]), announced])

  const { product } = created
  return json(201, product, { location: `/products/${product.id}`, etag: productTag(created) })
})
