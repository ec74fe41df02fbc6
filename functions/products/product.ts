import Type, { type Static } from 'typebox'

const Name = Type.String({
  minLength: 1,
  maxLength: 255,
  visible: true,
  description:
    'Stored as sent; well-formed Unicode without control characters, of which something is to be seen: white space, characters of no width and blanks alone are refused.',
})
const Price = Type.Number({
  minimum: 0,
  maximum: 999_999_999.99,
  decimals: 2,
  description: 'The price of one piece, with at most two decimals.',
})
const Quantity = Type.Integer({
  minimum: 0,
  maximum: 1_000_000_000,
  description: 'How many pieces are in stock.',
})

/** What a client gives to create a product. */
export const NewProduct = Type.Object(
  { name: Name, price: Price, qty: Quantity },
  { additionalProperties: false, examples: [{ name: 'Desk lamp', price: 49.9, qty: 80 }] },
)
export type NewProduct = Static<typeof NewProduct>

/** What a client gives to change a product: at least one member. */
export const ProductChange = Type.Object(
  { name: Type.Optional(Name), price: Type.Optional(Price), qty: Type.Optional(Quantity) },
  { additionalProperties: false, minProperties: 1, examples: [{ price: 44.9, qty: 120 }] },
)
export type ProductChange = Static<typeof ProductChange>

/** Shown in the documents of the API; a shop with samples has it. */
export const exampleProduct = {
  id: 1,
  name: 'Enamel mug',
  price: 12.5,
  qty: 250,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
}

/** A product as the shop shows it. Times are ISO 8601 in UTC; `updatedAt` moves with edits and with stock. */
export const Product = Type.Object(
  {
    id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    name: Name,
    price: Price,
    qty: Quantity,
    createdAt: Type.String({ format: 'date-time' }),
    updatedAt: Type.String({
      format: 'date-time',
      description: 'Moves with every edit and with the stock.',
    }),
  },
  { examples: [exampleProduct] },
)
export type Product = Static<typeof Product>

/** A product with the version of its row, which every change raises by one. */
export interface VersionedProduct {
  product: Product
  version: number
}

/**
 * The `etag` of a product, the same wherever it stands: its version, and the time of it, as a restored database gives
 * versions out again.
 */
export const productTag = ({ version, product }: VersionedProduct): string =>
  `"${version}-${Date.parse(product.updatedAt).toString(36)}"`
