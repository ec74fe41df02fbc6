import type { TSchema } from 'typebox'
import { type ErrorCode, errorCodes } from './error-codes.ts'
import type { Parameter, Parameters } from './parameter.ts'
import { ifNoneMatchHeader, requestIdHeader, traceparentHeader } from './parameters.ts'
import { ProblemDetails } from './problem-schema.ts'
import { everyResponseHeaders, type ResponseHeader } from './response-headers.ts'
import type { Route, RouteResponse } from './route.ts'

const bodyErrors: ErrorCode[] = [
  'body-missing',
  'malformed-json',
  'validation-failed',
  'body-too-large',
  'unsupported-media-type',
]
const queryErrors: ErrorCode[] = ['validation-failed']
const errorsOfEveryRoute: ErrorCode[] = ['internal-error']

/** What the gateway responds by itself: a status alone. */
const tooMany = {
  429: {
    description: 'Too many requests at once. The gateway responds with it, in AWS; try again a moment later.',
  },
}
const adminErrors = {
  401: { description: 'The request has no `x-api-key`. The gateway responds with it.' },
  403: { description: 'The `x-api-key` is none of the admin keys. The gateway responds with it.' },
}

/** One operation of an OpenAPI document. */
export function operationOf(operationId: string, tag: string, route: Route): object {
  const { summary, description, body, isForAdmins } = route
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    security: isForAdmins ? [{ adminKey: [] }] : [],
    parameters: parametersOf(route),
    ...(body && { requestBody: { required: true, content: { 'application/json': mediaType(body) } } }),
    responses: responsesOf(route),
  }
}

function parametersOf({ path = {}, query = {}, headers = {}, isConditional }: Route): object[] {
  const allHeaders = {
    ...headers,
    ...(isConditional && { 'if-none-match': ifNoneMatchHeader }),
    'x-request-id': requestIdHeader,
    traceparent: traceparentHeader,
  }
  return [...within('path', path), ...within('query', query), ...within('header', allHeaders)]
}

const within = (place: 'path' | 'query' | 'header', parameters: Parameters) =>
  Object.entries(parameters).map(([name, { description, schema, example, default: whenAbsent }]) => ({
    name,
    in: place,
    required: place === 'path',
    description,
    schema: { ...schema, ...(whenAbsent !== undefined && { default: whenAbsent }) },
    ...(example !== undefined && { example }),
  }))

/** Every error code of a route. */
export function errorsOf({ body, path = {}, query, headers = {}, errors = [] }: Route): ErrorCode[] {
  const codes = [path, headers].flatMap(Object.values).flatMap(({ code }: Parameter) => code ?? [])
  const all = [
    ...(body ? bodyErrors : []),
    ...(query ? queryErrors : []),
    ...codes,
    ...errors,
    ...errorsOfEveryRoute,
  ]
  return [...new Set(all)]
}

function responsesOf(route: Route): object {
  const { responses, isConditional, isForAdmins } = route
  return {
    ...Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, responseOf(response, isConditional)]),
    ),
    ...(isConditional && { 304: notModified }),
    ...(isForAdmins && adminErrors),
    ...tooMany,
    ...errorsByStatus(errorsOf(route), responses),
  }
}

function responseOf(
  { description, schema, mediaTypes = ['application/json'], headers = [] }: RouteResponse,
  isConditional = false,
) {
  const content = schema && Object.fromEntries(mediaTypes.map((type) => [type, mediaType(schema)]))
  return {
    description,
    headers: headersOf([...headers, ...(isConditional ? (['etag'] as const) : [])]),
    ...(content && { content }),
  }
}

const headersOf = (names: readonly ResponseHeader[]) =>
  Object.fromEntries(
    [...names, ...everyResponseHeaders].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )

const notModified = {
  description: 'The content is still what the `etag` in `if-none-match` stands for.',
  headers: headersOf(['etag']),
}

/** The first example of a schema stands beside it, where every tool finds it. */
function mediaType(schema: TSchema): object {
  const example = exampleOf(schema)
  return { schema, ...(example !== undefined && { example }) }
}

/** A list is shown with one example of what it lists. */
function exampleOf({ examples, items }: TSchema & { examples?: unknown[]; items?: TSchema }): unknown {
  if (examples || !items) return examples?.[0]
  const item = exampleOf(items)
  return item === undefined ? undefined : [item]
}

function errorsByStatus(codes: readonly ErrorCode[], responses: Route['responses']): object {
  const statuses = [...new Set(codes.map((code) => errorCodes[code].status))]
  return Object.fromEntries(
    statuses
      .filter((status) => !(status in responses))
      .map((status) => [status, errorResponse(codes.filter((code) => errorCodes[code].status === status))]),
  )
}

function errorResponse(codes: readonly ErrorCode[]): object {
  const problems = {
    schema: ProblemDetails,
    examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
  }
  const isTemporary = codes.includes('service-unavailable')
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code].title}.`).join(' '),
    headers: headersOf(isTemporary ? ['retry-after'] : []),
    content: { 'application/json': problems, 'application/problem+json': problems },
  }
}
