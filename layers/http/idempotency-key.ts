import { createHash } from 'node:crypto'
import Type from 'typebox'
import type { Parameter } from './parameter.ts'

/**
 * What tells a retry from a new request, after
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/: the client's key, and a fingerprint of
 * the parsed request, so that one key can't stand for two requests.
 */
export interface Idempotency {
  key: string
  fingerprint: string
}

/** Characters of an idempotency key at most. */
const longestKey = 255

/** Routes that may be asked again with the same key take it; it is opaque and compared as sent. */
export const idempotencyKeyHeader = (thing: string) =>
  ({
    description: `A new one for each ${thing}, such as a UUID; opaque, compared as sent. A request that is refused leaves its key free.`,
    schema: Type.String({ minLength: 1, maxLength: longestKey }),
    code: 'idempotency-key-malformed',
    message: `An idempotency key has 1 to ${longestKey} characters.`,
  }) satisfies Parameter

/**
 * The idempotency of a request that came with `key`; undefined without one.
 * @param request what makes the request this one, such as the members of its body in a fixed order
 */
export function idempotencyOf(
  key: string | undefined,
  request: readonly (string | number)[],
): Idempotency | undefined {
  if (key === undefined) return undefined
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64url')
  return { key, fingerprint }
}
