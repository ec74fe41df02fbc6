import { randomUUID } from 'node:crypto'
import type middy from '@middy/core'
import { currentInvocation, isRequestId } from '@stockroom/runtime/invocation'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { HttpResponse } from './response.ts'

/** The client's `X-Request-Id` when it is 1–128 harmless characters, else a new UUID. */
export function requestIdOf(event: APIGatewayProxyEventV2): string {
  const given = event.headers?.['x-request-id']
  return isRequestId(given) ? given : randomUUID()
}

/** Puts the request id on every response. */
export const requestId = (): middy.MiddlewareObj<APIGatewayProxyEventV2, HttpResponse> => ({
  after: addRequestId,
  onError: addRequestId,
})

function addRequestId(request: middy.Request<APIGatewayProxyEventV2, HttpResponse>): void {
  const id = currentInvocation()?.requestId
  if (request.response && id) request.response.headers['x-request-id'] = id
}
