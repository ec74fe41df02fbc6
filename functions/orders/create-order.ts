import { endpoint } from '@stockroom/http/endpoint'
import { type Idempotency, idempotencyOf } from '@stockroom/http/idempotency-key'
import { Problem } from '@stockroom/http/problem'
import { findProduct } from '../products/catalogue.ts'
import { respondOnce } from './idempotent-response.ts'
import { type NewOrder, totalPrice } from './order.ts'
import { placeOrder } from './order-placement.ts'
import { orderRoutes } from './order-routes.ts'
import type { Placed } from './placement-store.ts'

export const handler = endpoint(orderRoutes.createOrder, async (request) => {
  const { body, headers, requestId, traceparent } = request
  const idempotency = idempotencyOf(headers['idempotency-key'], [body.productId, body.quantity])
  return respondOnce(idempotency, () => acceptOrder(body, { requestId, traceparent }, idempotency))
})

async function acceptOrder(
  { productId, quantity }: NewOrder,
  { requestId, traceparent }: { requestId: string; traceparent: string },
  idempotency: Idempotency | undefined,
): Promise<Placed> {
  const { value: product } = await findProduct(productId)
  if (!product) throw new Problem('product-not-found', `There is no product ${productId}.`)

  const total = totalPrice(product.price, quantity)
  if (total === undefined) throw new Problem('total-too-large', 'A total is at most 9,999,999,999,999.99.')
  if (quantity > product.qty) {
    throw new Problem('insufficient-stock', `Only ${product.qty} of product ${productId} are left.`)
  }

  const draft = { productId, quantity, unitPrice: product.price, totalPrice: total, requestId }
  return placeOrder({ draft, traceparent, idempotency })
}
