import middy from '@middy/core'
import { untilCommit } from '@stockroom/runtime/commit-deadline'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { conditional } from './conditional.ts'
import { type HttpRequest, requestReader } from './http-request.ts'
import { jsonBody } from './json-body.ts'
import { observed } from './observed.ts'
import { problemDetails } from './problem-details.ts'
import { requestId } from './request-id.ts'
import type { HttpResponse } from './response.ts'
import type { RequestContract } from './route.ts'
import { standardHeaders } from './standard-headers.ts'

type Handle<Contract> = (request: HttpRequest<Contract>) => Promise<HttpResponse>
type Endpoint = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>

/**
 * The endpoint of a route: `handle` gets what the contract of the route declares, validated and typed by it. This is the
 * one Middy chain of all endpoints. `after` and `onError` run from the last middleware to the first: so the
 * request id and the standard headers, first in the chain, also stand on the responses that problemDetails makes of what
 * the others throw.
 *
 * @example
 * export const handler = endpoint(mugRoutes.getMug, async ({ path }) => json(200, await findMug(path.id)))
 */
export function endpoint<Contract extends RequestContract>(
  contract: Contract,
  handle: Handle<Contract>,
): Endpoint {
  const read = requestReader(contract)
  const respond = contract.isConditional ? conditionally(handle) : handle
  const chain = middy<APIGatewayProxyEventV2, HttpResponse>({ timeoutEarlyInMillis: 0 })
    .use(requestId())
    .use(standardHeaders())
    .use(problemDetails())
    .use(thaw())
    .use(secrets())
    .handler((event) => {
      const request = read(event)
      return untilCommit(() => respond(request, event))
    })
  return observed(contract.body ? chain.use(jsonBody(contract.body) as middy.MiddlewareObj) : chain)
}

const conditionally =
  <Contract>(handle: Handle<Contract>) =>
  async (request: HttpRequest<Contract>, { headers }: APIGatewayProxyEventV2) =>
    conditional(headers, await handle(request))
