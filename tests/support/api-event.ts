import type { APIGatewayProxyEventV2 } from 'aws-lambda'

export interface ApiRequest {
  /** Method and path, as in `serverless.yml`; then its answer is held to the OpenAPI document. */
  route?: string
  path?: Record<string, string>
  /** As it was sent; the default is that of no route. */
  rawPath?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is, in place of `json`. */
  body?: string
  isBase64Encoded?: boolean
}

/** A request as API Gateway hands it to a function (HTTP API, payload version 2.0). */
export function apiEvent({
  route,
  path,
  rawPath = '/nowhere',
  query,
  headers,
  json,
  body,
  isBase64Encoded = false,
}: ApiRequest = {}) {
  const text = json === undefined ? body : JSON.stringify(json)
  return {
    version: '2.0',
    routeKey: route ?? '$default',
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    pathParameters: path,
    queryStringParameters: query,
    body: text,
    isBase64Encoded,
  } as unknown as APIGatewayProxyEventV2
}
