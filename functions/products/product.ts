import Type, { type Static } from 'typebox'

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '^(?=[^]*\\S)[^\\p{Cc}\\p{Cs}]*$' })
const Price = Type.Number({ minimum: 0, maximum: 999_999_999.99, decimals: 2 })
const Quantity = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })

/** What a client gives to create a product. */
export const NewProduct = Type.Object(
  { name: Name, price: Price, qty: Quantity },
  { additionalProperties: false },
)
export type NewProduct = Static<typeof NewProduct>

/** What a client gives to change a product: at least one member. */
export const ProductChange = Type.Object(
  { name: Type.Optional(Name), price: Type.Optional(Price), qty: Type.Optional(Quantity) },
  { additionalProperties: false, minProperties: 1 },
)
export type ProductChange = Static<typeof ProductChange>

/** A product as the shop shows it. Times are ISO 8601 in UTC; `updatedAt` moves with edits and with stock. */
export const Product = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  name: Name,
  price: Price,
  qty: Quantity,
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
})
export type Product = Static<typeof Product>
