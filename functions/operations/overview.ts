import Type, { type Static } from 'typebox'
import { exampleOrder, Order } from '../orders/order.ts'
import { exampleProduct, Product } from '../products/product.ts'
import { exampleHealth, Health } from './health.ts'

const Count = Type.Integer({ minimum: 0 })
const Seconds = Type.Number({ minimum: 0 })
const Milliseconds = Type.Union([Type.Number(), Type.Null()])
const { id, name, price, qty } = Product.properties

const Second = Type.Object({
  at: Type.String({ format: 'date-time', description: 'When the second began.' }),
  accepted: Count,
  confirmed: Count,
  rejected: Count,
  p50Ms: Milliseconds,
  p95Ms: Milliseconds,
})

const OrdersNow = Type.Object({
  pending: Count,
  oldestPendingSeconds: Seconds,
  settling: Type.Union([Type.Object({ p50Ms: Type.Number(), p95Ms: Type.Number() }), Type.Null()], {
    description:
      'From being accepted to being settled, of the orders that were settled in the last ten seconds; null when none was.',
  }),
  seconds: Type.Array(Second, {
    description: 'The seconds of the last five minutes in which something happened; the last one isn’t over.',
  }),
  latest: Type.Array(
    Type.Object({
      ...Order.properties,
      requestId: Type.Union([Type.String(), Type.Null()], {
        description: 'The `X-Request-Id` that it was ordered with.',
      }),
    }),
    { description: 'The newest 50.' },
  ),
})

const ProductNow = Type.Object({
  ...{ id, name, price, qty },
  sold: Type.Integer({ description: 'What orders have taken of the stock.' }),
  reserved: Type.Integer({ minimum: 0, description: 'What pending orders want.' }),
})

const exampleSecond = {
  ...{ at: '2026-11-21T10:00:01.000Z', accepted: 12, confirmed: 10, rejected: 2 },
  ...{ p50Ms: 38, p95Ms: 61 },
}
const example = {
  health: exampleHealth,
  orders: {
    pending: 0,
    oldestPendingSeconds: 0,
    settling: { p50Ms: 38, p95Ms: 61 },
    seconds: [exampleSecond],
    latest: [{ ...exampleOrder, requestId: '0d9d2a54-3bb1-4a5e-9c1b-0f3f7f2f8f5e' }],
  },
  products: [
    {
      id: exampleProduct.id,
      name: exampleProduct.name,
      price: exampleProduct.price,
      qty: exampleProduct.qty,
      ...{ sold: 40, reserved: 2 },
    },
  ],
  queues: [{ name: 'stock-reduction', ready: 0, consumers: 1, deadLetters: 0 }],
  outboxes: [{ name: 'orders', events: 0, ageSeconds: 0 }],
}

/** How the shop lives at this moment. What can’t be read is null; `health` says why. */
export const Overview = Type.Object(
  {
    health: Health,
    orders: Type.Union([OrdersNow, Type.Null()]),
    products: Type.Union([Type.Array(ProductNow), Type.Null()], {
      description: 'The eight that were ordered last; where fewer were, the newest too.',
    }),
    queues: Type.Union([
      Type.Array(Type.Object({ name: Type.String(), ready: Count, consumers: Count, deadLetters: Count })),
      Type.Null(),
    ]),
    outboxes: Type.Union([
      Type.Array(
        Type.Object({ name: Type.Enum(['products', 'orders']), events: Count, ageSeconds: Seconds }),
      ),
      Type.Null(),
    ]),
  },
  { examples: [example] },
)
export type Overview = Static<typeof Overview>
