import { openApiDocument } from '@stockroom/http/openapi'
import { orderRoutes } from '../orders/order-routes.ts'
import { productRoutes } from '../products/product-routes.ts'
import { storefrontRoutes } from '../storefront/storefront-routes.ts'
import { operationRoutes } from './operation-routes.ts'

const info = {
  title: 'Stockroom',
  version: '0.1.0',
  description:
    'The product-and-order backend of a shop that sells out in seconds. JSON in, JSON out; times are ISO 8601 in UTC; refusals are problem details (RFC 9457). A `GET` may be sent as `HEAD`: the same headers, no body.',
  license: { name: 'MIT', identifier: 'MIT' },
}

/** The OpenAPI document of the whole shop. */
export const apiDocument = openApiDocument(info, [
  productRoutes,
  orderRoutes,
  storefrontRoutes,
  operationRoutes,
])
