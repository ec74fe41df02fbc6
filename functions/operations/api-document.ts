import { openApiDocument } from '@stockroom/http/openapi'
import { allRoutes } from './all-routes.ts'

const info = {
  title: 'Stockroom',
  version: '0.1.0',
  description:
    'The product-and-order backend of a shop that sells out in seconds. JSON in, JSON out; times are ISO 8601 in UTC; refusals are problem details (RFC 9457). A `GET` may be sent as `HEAD`: the same headers, no body. A path with a method that it hasn’t is 405, with `Allow`.',
  contact: { name: 'The maintainers of Stockroom' },
  license: { name: 'MIT', identifier: 'MIT' },
}

/** The OpenAPI document of the whole shop. */
export const apiDocument = openApiDocument(info, allRoutes)
