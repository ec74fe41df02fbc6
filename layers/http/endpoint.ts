import middy from '@middy/core'
import { untilCommit } from '@stockroom/runtime/commit-deadline'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import type { Static, TSchema } from 'typebox'
import { jsonBody } from './json-body.ts'
import { observed } from './observed.ts'
import { problemDetails } from './problem-details.ts'
import { requestId } from './request-id.ts'
import type { HttpResponse } from './response.ts'
import { standardHeaders } from './standard-headers.ts'

/** What the handler of an endpoint gets. */
export interface HttpRequest<Body = undefined> {
  /** The validated body, where the endpoint declares one. */
  body: Body
  path: Record<string, string | undefined>
  /** The path as it was sent. */
  rawPath: string
  query: Record<string, string | undefined>
  /** By lower-case name. */
  headers: Record<string, string | undefined>
  requestId: string
  /** The place in a trace that what follows from the request belongs under. */
  traceparent: string
}

type Handle<Body> = (request: HttpRequest<Body>) => Promise<HttpResponse>
type Endpoint = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>

/**
 * The one Middy chain of all endpoints. `after` and `onError` run from the last middleware to the first: so the
 * request id and the standard headers, first in the chain, also stand on the answers that problemDetails makes of what
 * the others throw.
 *
 * @example
 * export const handler = endpoint(async ({ path }) => json(200, await findProduct(pathId(path.id))))
 */
export function endpoint(handle: Handle<undefined>): Endpoint {
  return observed(chain(handle))
}

/**
 * The same chain for an endpoint with a JSON body that `schema` describes.
 *
 * @example
 * export const handler = endpointWithBody(NewProduct, async ({ body }) => json(201, await createProduct(body)))
 */
export function endpointWithBody<Schema extends TSchema>(
  schema: Schema,
  handle: Handle<Static<Schema>>,
): Endpoint {
  return observed(chain(handle).use(jsonBody(schema) as middy.MiddlewareObj))
}

function chain<Body>(handle: Handle<Body>) {
  return middy<APIGatewayProxyEventV2, HttpResponse>({ timeoutEarlyInMillis: 0 })
    .use(requestId())
    .use(standardHeaders())
    .use(problemDetails())
    .use(thaw())
    .use(secrets())
    .handler((event) => untilCommit(() => handle(httpRequest(event))))
}

function httpRequest<Body>(event: APIGatewayProxyEventV2): HttpRequest<Body> {
  const invocation = currentInvocation()
  return {
    body: event.body as Body,
    path: event.pathParameters ?? {},
    rawPath: event.rawPath ?? '',
    query: event.queryStringParameters ?? {},
    headers: event.headers ?? {},
    requestId: invocation?.requestId as string,
    traceparent: invocation?.traceparent as string,
  }
}
