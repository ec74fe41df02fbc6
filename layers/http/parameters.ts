import { longestRequestId, requestIdPattern } from '@stockroom/runtime/invocation'
import Type from 'typebox'
import type { ErrorCode } from './error-codes.ts'
import type { Parameter } from './parameter.ts'

const positiveInteger = /^[1-9]\d{0,15}$/

/** An id in the path; what can't be one, no integer from 1 to 2^53 − 1, is refused with `code` (a 404). */
export const idInPath = <Code extends ErrorCode>(description: string, code: Code) =>
  ({
    description,
    schema: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    example: 1,
    read: readId,
    code,
    message: 'Ids are integers from 1 to 9007199254740991.',
  }) satisfies Parameter

function readId(text: string): number | undefined {
  const id = Number(text)
  return positiveInteger.test(text) && Number.isSafeInteger(id) ? id : undefined
}

/** What a request id looks like, from a client and on a response. */
export const RequestId = Type.String({
  minLength: 1,
  maxLength: longestRequestId,
  pattern: requestIdPattern.source,
})

/** Every route takes it. Without an example: the page at /docs would send that, and all requests would have one name. */
export const requestIdHeader: Parameter = {
  description:
    'Names the request in the log and on the events; returned on the response. Made where it is absent.',
  schema: RequestId,
}

/** Every route takes it. Without an example, for the same reason: all orders would share a trace. */
export const traceparentHeader: Parameter = {
  description:
    'The place of the request in a trace, as [W3C Trace Context](https://www.w3.org/TR/trace-context/#traceparent-header) has it; its trace goes on in the log and the events. Where it is absent or malformed, a trace begins.',
  schema: Type.String({ pattern: '^[\\da-f]{2}-[\\da-f]{32}-[\\da-f]{16}-[\\da-f]{2}' }),
}

/** Routes that change what has an `etag` take it. */
export const ifMatchHeader = {
  description:
    'The `etag` that was read: 412, and nothing is changed, when it is another by now. `*` takes whatever is there.',
  schema: Type.String(),
} satisfies Parameter

/** Routes with an `etag` take it. */
export const ifNoneMatchHeader: Parameter = {
  description: 'The `etag` of an earlier response: 304, without a body, when the content is still the same.',
  schema: Type.String(),
}
