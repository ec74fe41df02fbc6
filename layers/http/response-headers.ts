import Type from 'typebox'
import type { Parameter } from './parameter.ts'
import { RequestId } from './parameters.ts'

/** Every header that a response of the shop may have, beside those of HTTP itself. */
export const responseHeaders = {
  'x-request-id': {
    description: 'The `X-Request-Id` of the request, or one made for it; it leads to the log and the events.',
    schema: RequestId,
    example: '0d9d2a54-3bb1-4a5e-9c1b-0f3f7f2f8f5e',
  },
  'cache-control': {
    description: 'Whether and how long the response may be kept.',
    schema: Type.String(),
    example: 'no-store',
  },
  'x-content-type-options': {
    description: 'The content is what `content-type` says.',
    schema: Type.Enum(['nosniff']),
    example: 'nosniff',
  },
  'content-security-policy': {
    description: 'What a browser may load for the response.',
    schema: Type.String(),
    example: "default-src 'none'; frame-ancestors 'none'",
  },
  'strict-transport-security': {
    description: 'Browsers that came over HTTPS come over HTTPS again.',
    schema: Type.String(),
    example: 'max-age=31536000; includeSubDomains',
  },
  'referrer-policy': {
    description: 'No address of the shop is told to others.',
    schema: Type.Enum(['no-referrer']),
    example: 'no-referrer',
  },
  location: {
    description: 'Where the thing that was made is found.',
    schema: Type.String({ pattern: '^/(products|orders)/[1-9]\\d*$' }),
    example: '/orders/1',
  },
  'x-cache': {
    description: 'Whether the response came out of the cache.',
    schema: Type.Enum(['HIT', 'MISS']),
    example: 'HIT',
  },
  link: {
    description: 'The next page, `<…>; rel="next"`; absent on the last one.',
    schema: Type.String({ pattern: '^<\\S+>; rel="next"$' }),
    example: '</products?limit=20&cursor=YmVmb3JlOjI1>; rel="next"',
  },
  etag: {
    description:
      'Changes with the content; send it as `If-None-Match` to hear 304 while it stays the same. That of a product goes with a change as `If-Match`, too.',
    schema: Type.String({ pattern: '^(W/)?"[^"]+"$' }),
    example: '"V2hhdCBpdCBpcw"',
  },
  'idempotent-replayed': {
    description: 'Stands where an earlier response to the same idempotency key is given again.',
    schema: Type.Enum(['true']),
    example: 'true',
  },
  'retry-after': {
    description: 'Seconds to wait before trying again.',
    schema: Type.String({ pattern: '^\\d+$' }),
    example: '1',
  },
} as const satisfies Record<string, Parameter>

export type ResponseHeader = keyof typeof responseHeaders

/** They stand on every response of a function. */
export const everyResponseHeaders = [
  'x-request-id',
  'cache-control',
  'x-content-type-options',
  'content-security-policy',
  'strict-transport-security',
  'referrer-policy',
] as const satisfies ResponseHeader[]

/** They may be absent from a response that may have them. */
export const optionalHeaders: ReadonlySet<ResponseHeader> = new Set(['link', 'idempotent-replayed'])
