import Type from 'typebox'
import { type ErrorCode, errorCodes } from './error-codes.ts'

/** The body of every error response of a function, https://www.rfc-editor.org/rfc/rfc9457. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String({ format: 'uri', pattern: '^urn:stockroom:problem:[a-z-]+$' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What is wrong with this request, in words for a person.' }),
    code: Type.Enum(Object.keys(errorCodes), {
      description: 'What is wrong, for a program; docs/errors.md says how to solve each.',
    }),
    requestId: Type.String({ description: 'The same as the header `x-request-id`.' }),
    timestamp: Type.String({ format: 'date-time' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'A JSON Pointer to the member that is wrong.' }),
          message: Type.String(),
        }),
        { minItems: 1, maxItems: 20, description: 'Everything that is wrong, with `validation-failed`.' },
      ),
    ),
  },
  { description: 'Why a request is refused: problem details, RFC 9457.' },
)

/** What an error response with this code looks like. */
export const exampleProblem = (code: ErrorCode) => ({
  type: `urn:stockroom:problem:${code}`,
  title: errorCodes[code].title,
  status: errorCodes[code].status,
  detail: `${errorCodes[code].title}.`,
  code,
  requestId: '0d9d2a54-3bb1-4a5e-9c1b-0f3f7f2f8f5e',
  timestamp: '2026-11-21T10:00:00.000Z',
  ...(code === 'validation-failed' && { errors: [{ path: '/price', message: 'must be >= 0' }] }),
})
