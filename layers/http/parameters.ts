import Type from 'typebox'
import { defaultLimit, maxLimit } from './pagination.ts'
import type { Parameter } from './parameter.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** An id in the path, as `pathId` reads it. */
export const idInPath = (description: string): Parameter => ({ description, schema: Id, example: 1 })

/** What a list takes in its query, as `pageRequest` reads it. */
export const pageQuery: Record<'limit' | 'cursor', Parameter> = {
  limit: {
    description: 'How many to answer at most.',
    schema: Type.Integer({ minimum: 1, maximum: maxLimit, default: defaultLimit }),
    example: 20,
  },
  cursor: {
    description: 'Where to go on: the `cursor` in the `Link` of the page before.',
    schema: Type.String(),
  },
}

/** Every route takes it. Without an example: the page at /docs would send that, and all requests would have one name. */
export const requestIdHeader: Parameter = {
  description:
    'Names the request in the log and on the events; returned on the answer. Made where it is absent.',
  schema: Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9._:-]+$' }),
}

/** Every route takes it. Without an example, for the same reason: all orders would share a trace. */
export const traceparentHeader: Parameter = {
  description:
    'The place of the request in a trace, as [W3C Trace Context](https://www.w3.org/TR/trace-context/#traceparent-header) has it; its trace goes on in the log and the events. Where it is absent or malformed, a trace begins.',
  schema: Type.String({ pattern: '^[\\da-f]{2}-[\\da-f]{32}-[\\da-f]{16}-[\\da-f]{2}' }),
}

/** Routes that change what has an `etag` take it. */
export const ifMatchHeader: Parameter = {
  description:
    'The `etag` that was read: 412, and nothing is changed, when it is another by now. `*` takes whatever is there.',
  schema: Type.String(),
}

/** Routes with an `etag` take it. */
export const ifNoneMatchHeader: Parameter = {
  description: 'The `etag` of an earlier answer: 304, without a body, when the content is still the same.',
  schema: Type.String(),
}
