import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { warmProducts } from '../products/catalogue.ts'
import { operationRoutes } from './operation-routes.ts'

export const handler = endpoint(operationRoutes.warmCache, async ({ body }) =>
  json(200, await warmProducts(body.productIds)),
)
