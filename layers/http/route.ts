import type { TSchema } from 'typebox'
import type { ErrorCode } from './error-codes.ts'
import type { Parameters } from './parameter.ts'
import type { ResponseHeader } from './response-headers.ts'

/** What an endpoint takes: it is validated, and typed for the handler, as it is declared. */
export interface RequestContract {
  /** Method and path, as in `serverless.yml`; none where whatever is left comes. */
  route?: string
  path?: Parameters
  query?: Parameters
  headers?: Parameters
  body?: TSchema
  /** Whether a response has an `etag`, and a client may send that as `If-None-Match` and hear 304. */
  isConditional?: boolean
}

/** A response of one status. */
export interface RouteResponse {
  description: string
  /** What the body holds; a response without one has no body. Its first example is shown. */
  schema?: TSchema
  /** Default: `application/json`. */
  mediaTypes?: readonly string[]
  /** Beside those that stand on every response. */
  headers?: readonly ResponseHeader[]
}

/** The contract of a route: its endpoint is made of it, so is OpenAPI, and tests hold the shop to it. */
export interface Route extends RequestContract {
  /** Method and path, as in `serverless.yml`. */
  route: `${'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'} /${string}`
  summary: string
  description: string
  responses: Readonly<Record<number, RouteResponse>>
  /** Beside those of every route, and those of a wrong body or parameter. */
  errors?: readonly ErrorCode[]
  /** Whether the gateway asks for the admin key. */
  isForAdmins?: boolean
}

/** Each route under the name of its function in `serverless.yml`. */
export type Routes = Readonly<Record<string, Route>>

/** The routes of one domain. */
export interface RouteTable {
  tag: { name: string; description: string }
  /** The schemas that have a name of their own in the document. */
  schemas: Readonly<Record<string, TSchema>>
  routes: Routes
}
