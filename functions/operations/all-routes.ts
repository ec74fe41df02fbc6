import type { RouteTable } from '@stockroom/http/route'
import { orderRoutes } from '../orders/order-routes.ts'
import { productRoutes } from '../products/product-routes.ts'
import { storefrontRoutes } from '../storefront/storefront-routes.ts'
import { operationRoutes } from './operation-routes.ts'

/** Every route of the shop. */
export const allRoutes: readonly RouteTable[] = [
  productRoutes,
  orderRoutes,
  storefrontRoutes,
  operationRoutes,
]
