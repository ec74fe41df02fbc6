import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { apiDocument } from '../../functions/operations/api-document.ts'

/** An answer of the shop to a request. */
export interface Exchange {
  method: string
  /** With or without a query. */
  path: string
  status: number
  headers: Headers | Record<string, string | string[] | undefined>
  body: string
}

interface Response {
  headers?: Record<string, unknown>
  content?: Record<string, { examples?: object }>
}
type HeaderReader = (name: string) => string | undefined
type Operations = Record<string, { operationId: string; responses: Record<string, Response> }>

/** What the gateway answers by itself keeps only its status. */
const gatewayStatuses = [400, 401, 403, 413]

const document = JSON.parse(JSON.stringify(apiDocument), closed)
const paths = document.paths as Record<string, Operations>
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addKeyword({
  keyword: 'x-decimals',
  validate: (decimals: number, value: number) => Number(value.toFixed(decimals)) === value,
})
ajv.addSchema(document, 'shop')

/** An answer has the members that the document names, and no other. */
function closed(_: string, value: unknown): unknown {
  const isObjectSchema = typeof value === 'object' && value !== null && 'properties' in value
  return isObjectSchema ? { additionalProperties: false, ...value } : value
}

/**
 * Every operation with each outcome that the document gives it: an error by its code, anything else by its status, such as
 * `createOrder insufficient-stock` and `createOrder 202`.
 */
export const documentedOutcomes: string[] = Object.values(paths).flatMap((operations) =>
  Object.values(operations).flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, { content }]) => {
      const codes = Object.keys(content?.['application/json']?.examples ?? {})
      return (codes.length > 0 ? codes : [status]).map((outcome) => `${operationId} ${outcome}`)
    }),
  ),
)

/** The operation and outcome of an exchange, as {@link documentedOutcomes} names it; undefined for a route that there is none of. */
export function outcomeOf({ method, path, status, body }: Exchange): string | undefined {
  const found = operationAt(method, path)
  const [, code] = (status >= 400 && /"code":"([a-z-]+)"/.exec(body)) || []
  return found && `${found.operation.operationId} ${code ?? status}`
}

/** Everything in an answer that the OpenAPI document doesn't allow; empty when it keeps the contract. */
export function violationsOf(exchange: Exchange): string[] {
  const header = readerOf(exchange.headers)
  if (!header('x-request-id')) return gatewayViolations(exchange)
  const found = operationAt(exchange.method, exchange.path)
  if (!found) return unknownRouteViolations(exchange, header('allow'))

  const response = found.operation.responses[exchange.status]
  if (!response) return [`${exchange.method} ${exchange.path} must not answer ${exchange.status}`]
  const pointer = [...found.pointer, 'responses', String(exchange.status)]
  return [...headerViolations(response, header), ...bodyViolations(exchange, response, pointer, header)]
}

/** @throws Error that names everything that is wrong with an answer */
export function expectContract(exchange: Exchange): void {
  const violations = violationsOf(exchange)
  if (violations.length === 0) return
  throw new Error(
    `${exchange.method} ${exchange.path} breaks docs/openapi.json:\n${violations.join('\n')}\n${exchange.body.slice(0, 500)}`,
  )
}

const gatewayViolations = ({ status }: Exchange) =>
  gatewayStatuses.includes(status) ? [] : [`a ${status} without x-request-id`]

/** A path that is there with a method that it hasn't is 405 and names those that it has; any other path is 404. */
function unknownRouteViolations({ path, status, body }: Exchange, allow = ''): string[] {
  const methods = Object.keys(paths[templateAt(path) ?? ''] ?? {}).map((method) => method.toUpperCase())
  if (status !== (methods.length > 0 ? 405 : 404)) return [`a route that is not documented answers ${status}`]
  if (methods.some((method) => !allow.split(', ').includes(method))) return [`allow is ${allow}`]
  return body === '' ? [] : schemaViolations('components/schemas/ProblemDetails', JSON.parse(body))
}

function headerViolations({ headers = {} }: Response, header: HeaderReader): string[] {
  return Object.keys(headers).flatMap((name) => {
    const value = header(name)
    if (value === undefined)
      return document.components.headers[name].required ? [`there is no header ${name}`] : []
    return schemaViolations(`components/headers/${name}/schema`, value).map(
      (violation) => `header ${name}: ${violation}`,
    )
  })
}

function bodyViolations(
  { method, body }: Exchange,
  { content }: Response,
  pointer: string[],
  header: HeaderReader,
): string[] {
  if (method === 'HEAD' || !content) return body === '' ? [] : ['there must be no body']
  const mediaType = Object.keys(content).find((type) => sameType(type, header('content-type')))
  if (!mediaType) return [`the content-type is ${header('content-type')}`]
  const value = mediaType.includes('json') ? JSON.parse(body) : body
  return schemaViolations([...pointer, 'content', mediaType, 'schema'].map(escaped).join('/'), value)
}

/** The gateway may add the character set of JSON, which is UTF-8 anyway. */
const sameType = (documented: string, actual = '') =>
  documented === actual || `${documented}; charset=utf-8` === actual

function schemaViolations(pointer: string, value: unknown): string[] {
  const validate = ajv.getSchema(`shop#/${pointer}`)
  if (!validate) throw new Error(`docs/openapi.json has no ${pointer}`)
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  )
}

const escaped = (segment: string) => encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))

function operationAt(method: string, path: string) {
  const key = method === 'HEAD' ? 'get' : method.toLowerCase()
  const template = templateAt(
    key === 'get' ? path.replace(/^(\/products\/[^/?]*)-with-orders\b/, '$1/with-orders') : path,
  )
  const operation = template && paths[template]?.[key]
  return operation ? { operation, pointer: ['paths', template, key] } : undefined
}

function templateAt(path: string): string | undefined {
  const segments = path.replace(/\?.*$/, '').split('/')
  return Object.keys(paths)
    .filter((candidate) => matches(candidate.split('/'), segments))
    .sort((one, other) => one.split('{').length - other.split('{').length)[0]
}

const matches = (template: string[], segments: string[]) =>
  template.length === segments.length &&
  template.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))

function readerOf(headers: Exchange['headers']): HeaderReader {
  if (headers instanceof Headers) return (name) => headers.get(name) ?? undefined
  return (name) => (headers[name] === undefined ? undefined : String(headers[name]))
}
