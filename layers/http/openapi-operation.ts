import type { TSchema } from 'typebox'
import { type ErrorCode, errorCodes } from './error-codes.ts'
import type { Parameter } from './parameter.ts'
import { ifNoneMatchHeader, requestIdHeader, traceparentHeader } from './parameters.ts'
import { ProblemDetails } from './problem-schema.ts'
import { everyAnswersHeaders, type ResponseHeader } from './response-headers.ts'
import type { Answer, Route } from './route.ts'

const bodyRefusals: ErrorCode[] = [
  'body-missing',
  'malformed-json',
  'validation-failed',
  'body-too-large',
  'unsupported-media-type',
]
const refusalsOfEveryRoute: ErrorCode[] = ['internal-error']

/** What the gateway answers by itself: a status alone. */
const tooMany = {
  429: {
    description: 'Too many requests at once. The gateway answers it, in AWS; try again a moment later.',
  },
}
const adminRefusals = {
  401: { description: 'The request has no `x-api-key`. The gateway answers it.' },
  403: { description: 'The `x-api-key` is none of the admin keys. The gateway answers it.' },
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

const within = (place: 'path' | 'query' | 'header', parameters: Readonly<Record<string, Parameter>>) =>
  Object.entries(parameters).map(([name, parameter]) => ({
    name,
    in: place,
    required: place === 'path',
    ...parameter,
  }))

/** Every code that a route may refuse with. */
export const refusalsOf = ({ body, refusals = [] }: Route): ErrorCode[] => [
  ...(body ? bodyRefusals : []),
  ...refusals,
  ...refusalsOfEveryRoute,
]

function responsesOf(route: Route): object {
  const { answers, isConditional, isForAdmins } = route
  return {
    ...Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, isConditional)]),
    ),
    ...(isConditional && { 304: notModified }),
    ...(isForAdmins && adminRefusals),
    ...tooMany,
    ...refusalsByStatus(refusalsOf(route), answers),
  }
}

function responseOf(
  { description, schema, mediaTypes = ['application/json'], headers = [] }: Answer,
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
    [...names, ...everyAnswersHeaders].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
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

function refusalsByStatus(codes: readonly ErrorCode[], answers: Route['answers']): object {
  const statuses = [...new Set(codes.map((code) => errorCodes[code].status))]
  return Object.fromEntries(
    statuses
      .filter((status) => !(status in answers))
      .map((status) => [status, refusal(codes.filter((code) => errorCodes[code].status === status))]),
  )
}

function refusal(codes: readonly ErrorCode[]): object {
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
