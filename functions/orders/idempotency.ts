import { type Idempotency, readIdempotencyKey } from '@stockroom/http/idempotency-key'
import type { NewOrder } from './order.ts'

/**
 * Reads the header `Idempotency-Key` of an order, and takes the fingerprint of its parsed body. Undefined without the header.
 * @throws Problem `idempotency-key-malformed`
 */
export const idempotencyOf = (
  key: string | undefined,
  { productId, quantity }: NewOrder,
): Idempotency | undefined => readIdempotencyKey(key, [productId, quantity])
