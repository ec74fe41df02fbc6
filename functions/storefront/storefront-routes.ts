import { idInPath } from '@stockroom/http/parameters'
import type { Routes, RouteTable } from '@stockroom/http/route'
import Type from 'typebox'
import { exampleOrder, Order } from '../orders/order.ts'
import { exampleProduct, Product } from '../products/product.ts'

const ProductWithOrders = Type.Object(
  {
    ...Product.properties,
    orders: Type.Union([Type.Array(Order), Type.Null()], {
      description: 'The newest 20, or null while they are not available.',
    }),
    warnings: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'Says what is missing, where something is.' }),
    ),
  },
  { examples: [{ ...exampleProduct, orders: [exampleOrder] }] },
)

export const storefrontRoutes = {
  getProductWithOrders: {
    route: 'GET /products/{id}/with-orders',
    summary: 'Get a product with its newest orders',
    description:
      'The product comes even while its orders don’t: then `orders` is null, and `warnings` says so. `/products/{id}-with-orders` responds in the same way.',
    path: { id: idInPath('The id of the product.', 'product-not-found') },
    responses: { 200: { description: 'The product with its orders.', schema: ProductWithOrders } },
    errors: ['service-unavailable'],
    isConditional: true,
  },
} satisfies Routes

export const storefrontTable: RouteTable = {
  tag: { name: 'Storefront', description: 'What a page of the shop shows at once.' },
  schemas: { ProductWithOrders },
  routes: storefrontRoutes,
}
