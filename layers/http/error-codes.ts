/** Every error that the shop responds with: its `code` with the HTTP status and the title of its problem details. */
export const errorCodes = {
  'body-missing': { status: 400, title: 'The request has no body' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'validation-failed': { status: 400, title: 'The request is not valid' },
  'idempotency-key-malformed': { status: 400, title: 'The idempotency key is malformed' },
  'total-too-large': { status: 400, title: 'The total of the order is too large' },
  'product-not-found': { status: 404, title: 'There is no such product' },
  'order-not-found': { status: 404, title: 'There is no such order' },
  'route-not-found': { status: 404, title: 'There is no such route' },
  'method-not-allowed': { status: 405, title: 'The route has no such method' },
  'insufficient-stock': { status: 409, title: 'There is not enough stock' },
  'order-rejected': { status: 409, title: 'The order is rejected already' },
  'stock-too-large': { status: 409, title: 'There would be too many pieces of one product' },
  'idempotency-key-in-progress': {
    status: 409,
    title: 'The request with this idempotency key is still running',
  },
  'precondition-failed': { status: 412, title: 'The thing is another than the one that was read' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has to be application/json' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'internal-error': { status: 500, title: 'The shop has failed' },
  'outcome-unknown': { status: 500, title: 'It is not known whether the request took place' },
  'service-unavailable': { status: 503, title: 'The shop is unavailable for a moment' },
} as const

export type ErrorCode = keyof typeof errorCodes
