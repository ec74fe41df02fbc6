import type { Static, TSchema } from 'typebox'
import type { ErrorCode } from './error-codes.ts'

/** A value in the path, the query or the headers of a request. Its schema validates, types and documents it. */
export interface Parameter {
  description: string
  schema: TSchema
  example?: string | number
  /** Stands for one that is not sent. */
  default?: string | number
  /**
   * Reads what a schema can't say, such as a place out of a cursor; undefined for a text that holds none.
   * @param others those that are declared before it, as far as they are right
   */
  read?(text: string, others: object): unknown
  /** What a wrong one is refused with; default: `validation-failed`, together with whatever else is wrong. */
  code?: ErrorCode
  /** What a wrong one is told, where the schema doesn't say it. */
  message?: string
}

export type Parameters = Readonly<Record<string, Parameter>>

type Value<Declared> = Declared extends { read(...given: never): infer Read }
  ? Exclude<Read, undefined>
  : Declared extends { schema: infer Schema extends TSchema }
    ? Static<Schema>
    : never

/** What a handler gets for parameters in the path, which are always there. */
export type PathValues<Declared> = { readonly [Name in keyof Declared]: Value<Declared[Name]> }

/** What a handler gets for parameters that may be left out. */
export type Values<Declared> = {
  readonly [Name in keyof Declared]:
    | Value<Declared[Name]>
    | (Declared[Name] extends { default: unknown } ? never : undefined)
}
