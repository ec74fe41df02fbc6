import { currentInvocation } from '@stockroom/runtime/invocation'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { Static, TSchema } from 'typebox'
import type { PathValues, Values } from './parameter.ts'
import { parameterReader } from './read-parameters.ts'
import type { RequestContract } from './route.ts'

/** What the handler of an endpoint gets, of what its contract declares. */
export interface HttpRequest<Contract> {
  body: Contract extends { body: infer Body extends TSchema } ? Static<Body> : undefined
  path: Contract extends { path: infer Path } ? PathValues<Path> : object
  query: Contract extends { query: infer Query } ? Values<Query> : object
  headers: Contract extends { headers: infer Headers } ? Values<Headers> : object
  /** The path as it was sent. */
  rawPath: string
  requestId: string
  /** The place in a trace that what follows from the request belongs under. */
  traceparent: string
}

/**
 * Makes a function that reads the request out of an event whose body is parsed and validated.
 * @throws Problem (the function) for what is wrong in the path, else in the query, else in the headers
 */
export function requestReader<Contract extends RequestContract>(
  contract: Contract,
): (event: APIGatewayProxyEventV2) => HttpRequest<Contract> {
  const readPath = parameterReader('path', contract.path)
  const readQuery = parameterReader('query', contract.query)
  const readHeaders = parameterReader('headers', contract.headers)
  return (event) => {
    const invocation = currentInvocation()
    const request: HttpRequest<RequestContract> = {
      body: event.body as never,
      path: readPath(event.pathParameters),
      query: readQuery(event.queryStringParameters),
      headers: readHeaders(event.headers),
      rawPath: event.rawPath ?? '',
      requestId: invocation?.requestId as string,
      traceparent: invocation?.traceparent as string,
    }
    return request as HttpRequest<Contract>
  }
}
