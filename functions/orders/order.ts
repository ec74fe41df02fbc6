import Type, { type Static } from 'typebox'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const Time = Type.String({ format: 'date-time' })

/** What a client gives to order. */
export const NewOrder = Type.Object(
  { productId: Id, quantity: Quantity },
  { additionalProperties: false, examples: [{ productId: 1, quantity: 2 }] },
)
export type NewOrder = Static<typeof NewOrder>

/** Shown in the documents of the API. */
export const exampleOrder = {
  id: 1,
  productId: 1,
  quantity: 2,
  unitPrice: 12.5,
  totalPrice: 25,
  status: 'pending',
  reason: null,
  createdAt: '2026-11-21T10:00:01.000Z',
  settledAt: null,
}

/**
 * An order as the shop shows it. `unitPrice` is the price that the customer was shown; `status` goes once from
 * `pending` to `confirmed` or `rejected`, and may be `cancelled` unless it is rejected; `settledAt` is null while it is
 * pending, else when it came to its status.
 */
export const Order = Type.Object(
  {
    id: Id,
    productId: Id,
    quantity: Quantity,
    unitPrice: Type.Number({
      minimum: 0,
      description: 'The price of one piece that the customer was shown when ordering.',
    }),
    totalPrice: Type.Number({ minimum: 0, description: 'Exact to the cent.' }),
    status: Type.Enum(['pending', 'confirmed', 'rejected', 'cancelled'], {
      description:
        'Goes once from `pending` to `confirmed` or `rejected`; from `pending` or `confirmed` it may go to `cancelled`.',
    }),
    reason: Type.Union([Type.Enum(['insufficient-stock', 'product-not-found']), Type.Null()], {
      description: 'Why the order is rejected, else null.',
    }),
    createdAt: Time,
    settledAt: Type.Union([Time, Type.Null()], {
      description: 'When the order came to its status; null while it is pending.',
    }),
  },
  { examples: [exampleOrder] },
)
export type Order = Static<typeof Order>

const largestTotalCents = 999_999_999_999_999

/**
 * The total of an order, exact to the cent, or undefined when it is above 9,999,999,999,999.99. Computed in cents: up
 * to that limit they are exact, and beyond 2^53 they are still far above it.
 *
 * @param unitPrice a price with at most two decimals
 */
export function totalPrice(unitPrice: number, quantity: number): number | undefined {
  const cents = Math.round(unitPrice * 100) * quantity
  return cents > largestTotalCents ? undefined : cents / 100
}
