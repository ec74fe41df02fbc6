import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { commitWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { productCreated } from '@stockroom/messaging/events'
import { writeThrough } from './catalogue.ts'
import { productTag } from './product.ts'
import { productRoutes } from './product-routes.ts'
import { insertProduct } from './product-store.ts'

export const handler = endpoint(productRoutes.createProduct, async ({ body, requestId, traceparent }) => {
  const created = await commitWithOutbox('products', async (trx, record) => {
    const inserted = await insertProduct(trx, body)
    record(productCreated.of(inserted.product, inserted.version), requestId, traceparent)
    return inserted
  })
  await writeThrough([created])

  const { product } = created
  return json(201, product, { location: `/products/${product.id}`, etag: productTag(created) })
})
