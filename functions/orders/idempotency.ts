import { createHash } from 'node:crypto'
import { Problem } from '@stockroom/http/problem'
import type { NewOrder } from './order.ts'

/**
 * What tells a retry from a new request, after
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/: the client's key, and a fingerprint of
 * the parsed body, so that one key can't stand for two requests.
 */
export interface Idempotency {
  key: string
  fingerprint: string
}

/** Characters of an idempotency key at most. */
export const longestKey = 255

/**
 * Reads the header `Idempotency-Key`; the key is opaque and compared as sent. Undefined without the header.
 * @throws Problem `idempotency-key-malformed` when it is empty or longer than 255 characters
 */
export function idempotencyOf(
  key: string | undefined,
  { productId, quantity }: NewOrder,
): Idempotency | undefined {
  if (key === undefined) return undefined
  if (key.length === 0 || key.length > longestKey) {
    throw new Problem('idempotency-key-malformed', `An idempotency key has 1 to ${longestKey} characters.`)
  }
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([productId, quantity]))
    .digest('base64url')
  return { key, fingerprint }
}
