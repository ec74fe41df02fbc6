import type { TSchema } from 'typebox'

/** A value in the path, the query or the headers of a request. */
export interface Parameter {
  description: string
  schema: TSchema
  example?: string | number
}
