import type { RouteTable } from '@stockroom/http/route'
import { orderTable } from '../orders/order-routes.ts'
import { productTable } from '../products/product-routes.ts'
import { storefrontTable } from '../storefront/storefront-routes.ts'
import { ChosenLetters, DeadLetters, DealtLetters } from './dead-letter.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'
import { Health, Liveness } from './health.ts'
import { operationRoutes } from './operation-routes.ts'
import { Overview } from './overview.ts'
import { pageRoutes } from './page-routes.ts'
import { WarmedUp, WarmUp } from './warm-up.ts'

const { getHome, ...otherPages } = pageRoutes

/** In three files, so that a page loads no schemas of messages. */
const operationTable: RouteTable = {
  tag: {
    name: 'Operations',
    description:
      'For those who run the shop, and for those who build on it. A local shop also has `GET /metrics`, for Prometheus.',
  },
  schemas: { Liveness, Health, Overview, DeadLetters, ChosenLetters, DealtLetters, WarmUp, WarmedUp },
  routes: { getHome, ...operationRoutes, ...deadLetterRoutes, ...otherPages },
}

/** Every route of the shop. */
export const allRoutes: readonly RouteTable[] = [productTable, orderTable, storefrontTable, operationTable]
