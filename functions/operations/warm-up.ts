import Type from 'typebox'

const ProductIds = Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))

/** Which products to read into the cache. */
export const WarmUp = Type.Object(
  { productIds: Type.Array(ProductIds.items, { minItems: 1, maxItems: 1000 }) },
  { additionalProperties: false, examples: [{ productIds: [1, 2, 3] }] },
)

/** Which of them are in the cache now, and which don't exist. */
export const WarmedUp = Type.Object(
  { warmed: ProductIds, missing: ProductIds },
  { examples: [{ warmed: [1, 2], missing: [3] }] },
)
