import type { TSchema } from 'typebox'
import { type ErrorCode, errorCodes } from './error-codes.ts'
import { operationOf, refusalsOf } from './openapi-operation.ts'
import { exampleProblem, ProblemDetails } from './problem-schema.ts'
import { optionalHeaders, type ResponseHeader, responseHeaders } from './response-headers.ts'
import type { RouteTable } from './route.ts'

/** What a document says of the API as a whole. */
export interface ApiInfo {
  title: string
  version: string
  description: string
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
      headers: headerComponents(),
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

/** A problem for each code that some route refuses with. */
function exampleComponents(tables: readonly RouteTable[]): Json {
  const refused = new Set(tables.flatMap(({ routes }) => Object.values(routes).flatMap(refusalsOf)))
  const codes = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => refused.has(code))
  return Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }]))
}

const headerComponents = () =>
  Object.fromEntries(
    Object.entries(responseHeaders).map(([name, header]) => [
      name,
      { required: !optionalHeaders.has(name as ResponseHeader), ...header },
    ]),
  )

/** A copy for the document: named schemas as references, and our own keyword as the extension that it is there. */
function asReferences(value: unknown, named: Record<string, TSchema>): unknown {
  if (Array.isArray(value)) return value.map((item) => asReferences(item, named))
  if (typeof value !== 'object' || value === null) return value
  const name = Object.keys(named).find((key) => named[key] === value)
  if (name) return { $ref: `#/components/schemas/${name}` }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key === 'decimals' ? 'x-decimals' : key,
      asReferences(member, named),
    ]),
  )
}
