import { endpointWithBody } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { warmProducts } from '../products/catalogue.ts'
import { WarmUp } from './warm-up.ts'

export const handler = endpointWithBody(WarmUp, async ({ body }) =>
  json(200, await warmProducts(body.productIds)),
)
