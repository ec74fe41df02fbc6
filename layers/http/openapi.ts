import type { TSchema } from 'typebox'
import { type ErrorCode, errorCodes } from './error-codes.ts'
import { errorsOf, operationOf } from './openapi-operation.ts'
import { exampleProblem, ProblemDetails } from './problem-schema.ts'
import { optionalHeaders, type ResponseHeader, responseHeaders } from './response-headers.ts'
import type { RouteTable } from './route.ts'

/** What a document says of the API as a whole. */
export interface ApiInfo {
  title: string
  version: string
  description: string
  contact: { name: string }
  license: { name: string; identifier: string }
}

type Json = Record<string, unknown>

const adminKey = {
  type: 'apiKey',
  in: 'header',
  name: 'x-api-key',
  description: 'One of the keys in `ADMIN_API_KEY`. A local shop without that setting asks for none.',
}

/**
 * The OpenAPI 3.1 document of these routes. Schemas that a table names become components; everything else stands where
 * it is used.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(info: ApiInfo, tables: readonly RouteTable[]): Json {
  const named = Object.assign({ ProblemDetails }, ...tables.map(({ schemas }) => schemas)) as Record<
    string,
    TSchema
  >
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/', description: 'The shop that serves this document.' }],
    tags: tables.map(({ tag }) => tag),
    paths: asReferences(pathsOf(tables), named),
    components: {
      schemas: Object.fromEntries(
        Object.entries(named).map(([name, schema]) => [name, asReferences({ ...schema }, named)]),
      ),
      headers: asReferences(headerComponents(), named),
      examples: exampleComponents(tables),
      securitySchemes: { adminKey },
    },
  }
}

function pathsOf(tables: readonly RouteTable[]): Json {
  const paths: Record<string, Json> = {}
  for (const { tag, routes } of tables) {
    for (const [operationId, route] of Object.entries(routes)) {
      const [method = '', path = ''] = route.route.split(' ')
      paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(operationId, tag.name, route) }
    }
  }
  return paths
}

/** A problem for each error code of some route. */
function exampleComponents(tables: readonly RouteTable[]): Json {
  const used = new Set(tables.flatMap(({ routes }) => Object.values(routes).flatMap(errorsOf)))
  const codes = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => used.has(code))
  return Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }]))
}

const headerComponents = () =>
  Object.fromEntries(
    Object.entries(responseHeaders).map(([name, header]) => [
      name,
      { required: !optionalHeaders.has(name as ResponseHeader), ...header },
    ]),
  )

/** A copy for the document: named schemas as references, and our own keywords as the extensions that they are there. */
function asReferences(value: unknown, named: Record<string, TSchema>): unknown {
  if (Array.isArray(value)) return value.map((item) => asReferences(item, named))
  if (typeof value !== 'object' || value === null) return value
  const name = Object.keys(named).find((key) => named[key] === value)
  if (name) return { $ref: `#/components/schemas/${name}` }
  return Object.fromEntries(
    Object.entries({ ...typeOf(value), ...value }).flatMap(([key, member]) =>
      Object.entries(ownKeywords[key]?.(member) ?? { [key]: asReferences(member, named) }),
    ),
  )
}

/** As far as a regular expression can say it that Python, Go, Java and JavaScript without the flag `u` read alike. */
const visiblePattern = '^[ \\xA0]*[^\\x00-\\x20\\x7F-\\xA0][^\\x00-\\x1F\\x7F-\\x9F]*$'

const ownKeywords: Record<string, (value: unknown) => Json> = {
  decimals: (decimals) => ({ 'x-decimals': decimals }),
  visible: () => ({ pattern: visiblePattern, 'x-visible': true }),
}

/** What generators of code want to be told: that an enumeration is of texts, and which integers need 64 bits. */
function typeOf(value: { enum?: unknown; type?: unknown; maximum?: number }): Json {
  if (value.enum) return { type: 'string' }
  const isLong = value.type === 'integer' && !((value.maximum ?? Number.POSITIVE_INFINITY) < 2 ** 31)
  return isLong ? { format: 'int64' } : {}
}
