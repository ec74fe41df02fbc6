import type { Transaction } from '@stockroom/database/query'
import { endpoint } from '@stockroom/http/endpoint'
import { type Idempotency, idempotencyOf } from '@stockroom/http/idempotency-key'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { commitWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { productUpdated } from '@stockroom/messaging/events'
import { type Adjusted, findRemembered, remember, takeKey } from './adjustment-key-store.ts'
import { warmProducts, writeThrough } from './catalogue.ts'
import { enterMovement } from './ledger-store.ts'
import { type Adjustment, largestStock } from './movement.ts'
import { type Product, productTag } from './product.ts'
import { productRoutes } from './product-routes.ts'
import { changeStock, lockProduct } from './product-store.ts'

export const handler = endpoint(productRoutes.adjustStock, async (request) => {
  const { path, headers, body, requestId, traceparent } = request
  const { id } = path
  const idempotency = idempotencyOf(headers['idempotency-key'], [id, body.change, body.reason])

  const result = await commitWithOutbox('products', async (trx, record) => {
    const earlier = idempotency && (await findEarlier(trx, idempotency))
    if (earlier) return { adjusted: earlier, replayed: { 'idempotent-replayed': 'true' } }
    const adjusted = await adjust(trx, id, body)
    record(productUpdated.of(adjusted.product, adjusted.version), requestId, traceparent)
    if (idempotency) await remember(trx, idempotency, adjusted)
    return { adjusted, replayed: undefined }
  })
  const { product, version, movement } = result.adjusted
  // Whoever has made an earlier one may have died before it was shown.
  await (result.replayed ? warmProducts([id]) : writeThrough([{ product, version }]))

  return json(
    201,
    { product, movement },
    { etag: productTag({ product, version }), ...(result.replayed ?? {}) },
  )
})

/** @throws Problem `idempotency-key-in-progress`, or `idempotency-key-reused` when the key came with another request */
async function findEarlier(
  trx: Transaction,
  { key, fingerprint }: Idempotency,
): Promise<Adjusted | undefined> {
  if (!(await takeKey(trx, key))) {
    throw new Problem('idempotency-key-in-progress', 'Ask again when the first request has its response.')
  }
  const earlier = await findRemembered(trx, key)
  if (earlier && earlier.fingerprint !== fingerprint) {
    throw new Problem('idempotency-key-reused', 'This idempotency key came with another request before.')
  }
  return earlier?.answer
}

async function adjust(trx: Transaction, id: number, { change, reason }: Adjustment): Promise<Adjusted> {
  const present = await lockProduct(trx, id)
  if (!present) throw new Problem('product-not-found', `There is no product ${id}.`)
  refuseOutOfRange(present.product, change)
  const adjusted = await changeStock(trx, present.product, change)
  const movement = await enterMovement(trx, { productId: id, change, kind: 'adjustment', reason })
  return { ...adjusted, movement }
}

function refuseOutOfRange({ id, qty }: Product, change: number): void {
  if (qty + change < 0) throw new Problem('insufficient-stock', `Only ${qty} of product ${id} are left.`)
  if (qty + change > largestStock)
    throw new Problem('stock-too-large', `There are ${qty} of product ${id}; ${largestStock} fit in.`)
}
