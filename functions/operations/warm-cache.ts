import { endpointWithBody } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import Type from 'typebox'
import { warmProducts } from '../products/catalogue.ts'

const WarmUp = Type.Object(
  {
    productIds: Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), {
      minItems: 1,
      maxItems: 1000,
    }),
  },
  { additionalProperties: false },
)

export const handler = endpointWithBody(WarmUp, async ({ body }) =>
  json(200, await warmProducts(body.productIds)),
)
