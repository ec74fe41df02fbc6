import { endpointWithBody } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { findProduct } from '../products/catalogue.ts'
import { NewOrder, totalPrice } from './order.ts'
import { placeOrder } from './order-placement.ts'

export const handler = endpointWithBody(NewOrder, async ({ body: { productId, quantity }, requestId }) => {
  const { value: product } = await findProduct(productId)
  if (!product) throw new Problem('product-not-found', `There is no product ${productId}.`)

  const total = totalPrice(product.price, quantity)
  if (total === undefined) throw new Problem('total-too-large', 'A total is at most 9,999,999,999,999.99.')
  if (quantity > product.qty) {
    throw new Problem('insufficient-stock', `Only ${product.qty} of product ${productId} are left.`)
  }

  const { order, announced } = await placeOrder({
    productId,
    quantity,
    unitPrice: product.price,
    totalPrice: total,
    requestId,
  })
  await announced
  return json(202, order, { location: `/orders/${order.id}` })
})
