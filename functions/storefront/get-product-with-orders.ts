import { endpoint } from '@stockroom/http/endpoint'
import { defaultLimit } from '@stockroom/http/pagination'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { within } from '@stockroom/runtime/deadline'
import { log } from '@stockroom/runtime/logger'
import type { Order } from '../orders/order.ts'
import { recentOrders } from '../orders/recent-orders.ts'
import { findProduct } from '../products/catalogue.ts'
import { storefrontRoutes } from './storefront-routes.ts'

/** Leaves time to answer with the product when the orders don't come. */
const ordersWithinMs = 1000

export const handler = endpoint(storefrontRoutes.getProductWithOrders, async ({ path: { id } }) => {
  const orders = newestOrders(id)
  const { value: product } = await findProduct(id)
  if (!product) throw new Problem('product-not-found', `There is no product ${id}.`)

  return json(200, { ...product, ...(await orders) })
})

async function newestOrders(id: number): Promise<{ orders: Order[] | null; warnings?: string[] }> {
  try {
    const { value } = await within(
      ordersWithinMs,
      recentOrders(id, { limit: defaultLimit, before: undefined }),
    )
    return { orders: value?.page ?? [] }
  } catch (error) {
    log.warn({ err: error }, 'a product is shown without its orders')
    return { orders: null, warnings: ['The orders of this product are not available for a moment.'] }
  }
}
