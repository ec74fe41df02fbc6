import type { TSchema } from 'typebox'
import type { ErrorCode } from './error-codes.ts'
import type { Parameter } from './parameter.ts'
import type { ResponseHeader } from './response-headers.ts'

/** An answer of one status. */
export interface Answer {
  description: string
  /** What the body holds; an answer without one has no body. Its first example is shown. */
  schema?: TSchema
  /** Default: `application/json`. */
  mediaTypes?: readonly string[]
  /** Beside those that stand on every answer. */
  headers?: readonly ResponseHeader[]
}

/** What a route takes and answers, for whoever reads the API. OpenAPI is made of it, and tests hold the shop to it. */
export interface Route {
  /** Method and path, as in `serverless.yml`. */
  route: `${'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'} /${string}`
  summary: string
  description: string
  path?: Readonly<Record<string, Parameter>>
  query?: Readonly<Record<string, Parameter>>
  headers?: Readonly<Record<string, Parameter>>
  /** The schema that validates the body. */
  body?: TSchema
  answers: Readonly<Record<number, Answer>>
  /** Beside what every route may refuse, and what every body may. */
  refusals?: readonly ErrorCode[]
  /** Whether a client may send `If-None-Match` with the `etag` of an earlier answer. */
  isConditional?: boolean
  /** Whether the gateway asks for the admin key. */
  isForAdmins?: boolean
}

/** The routes of one domain; each stands under the name of its function in `serverless.yml`. */
export interface RouteTable {
  tag: { name: string; description: string }
  /** The schemas that have a name of their own in the document. */
  schemas: Readonly<Record<string, TSchema>>
  routes: Readonly<Record<string, Route>>
}
