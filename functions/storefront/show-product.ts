import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { handler as getProduct } from '../products/get-product.ts'
import { handler as getProductWithOrders } from './get-product-with-orders.ts'

const aliasOfWithOrders = /^(.*)-with-orders$/

/**
 * `GET /products/{id}`. The gateway can't tell `/products/26-with-orders` from it, as its parameters are whole segments;
 * that is another way to write `/products/26/with-orders`, and is answered, counted and traced as that.
 */
export const handler = (event: APIGatewayProxyEventV2, context: Context) => {
  const [, id] = aliasOfWithOrders.exec(event.pathParameters?.id ?? '') ?? []
  if (id === undefined) return getProduct(event, context)

  const routeKey = 'GET /products/{id}/with-orders'
  return getProductWithOrders({ ...event, routeKey, pathParameters: { id } }, context)
}
