import Type, { type Static } from 'typebox'
import { exampleProduct, Product } from './product.ts'

const { id: Id } = Product.properties
const Reason = Type.String({
  minLength: 1,
  maxLength: 255,
  visible: true,
  description: 'Why the stock is adjusted, for whoever reads the ledger.',
})

/** Pieces of one product at most. */
export const largestStock = 1_000_000_000

/** What a client gives to adjust the stock of a product. */
export const Adjustment = Type.Object(
  {
    change: Type.Integer({
      minimum: -largestStock,
      maximum: largestStock,
      not: { const: 0 },
      description: 'By how many pieces the stock rises; below zero, by how many it falls. Never 0.',
    }),
    reason: Reason,
  },
  { additionalProperties: false, examples: [{ change: -3, reason: 'Broken in the stockroom' }] },
)
export type Adjustment = Static<typeof Adjustment>

const exampleMovement = {
  id: 17,
  productId: 1,
  orderId: null,
  change: -3,
  kind: 'adjustment',
  reason: 'Broken in the stockroom',
  createdAt: '2026-11-21T10:05:00.000Z',
}

/** An entry of the ledger. */
export const Movement = Type.Object(
  {
    id: Id,
    productId: Id,
    orderId: Type.Union([Id, Type.Null()], { description: 'The order that it was for, else null.' }),
    change: Type.Integer({ description: 'By how many pieces the stock rose; 0 where an order got none.' }),
    kind: Type.Enum(
      [
        'initial',
        'adjustment',
        'removal',
        'sale',
        'insufficient-stock',
        'product-not-found',
        'cancelled',
        'return',
      ],
      {
        description:
          'A `sale` takes what an order wanted; `insufficient-stock` and `product-not-found` say why one got nothing; so does `cancelled`, where the cancellation came first. A `return` gives back what a cancelled order had taken. `removal` takes out what was left of a deleted product.',
      },
    ),
    reason: Type.Union([Reason, Type.Null()], {
      description:
        'Why the stock was adjusted; null for everything else, and where `PATCH` has set the stock.',
    }),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { examples: [exampleMovement] },
)
export type Movement = Static<typeof Movement>

/** What an adjustment has made: the product as it is now, and the entry of the ledger. */
export const AdjustedStock = Type.Object(
  { product: Product, movement: Movement },
  {
    examples: [
      {
        product: { ...exampleProduct, qty: 247, updatedAt: exampleMovement.createdAt },
        movement: exampleMovement,
      },
    ],
  },
)
