import type middy from '@middy/core'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { HttpResponse } from './response.ts'

/**
 * Stand on every response that doesn't say otherwise, after
 * https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers.
 */
const standard = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'referrer-policy': 'no-referrer',
}

/** Puts the security headers, and `cache-control: no-store`, on every response that has none of its own. */
export const standardHeaders = (): middy.MiddlewareObj<APIGatewayProxyEventV2, HttpResponse> => ({
  after: addStandardHeaders,
  onError: addStandardHeaders,
})

function addStandardHeaders({ response }: middy.Request<APIGatewayProxyEventV2, HttpResponse>): void {
  if (response) response.headers = { ...standard, ...response.headers }
}
