import { type ErrorCode, errorCodes } from './error-codes.ts'

/** One thing that is wrong with a request; `path` is a JSON Pointer to it. */
export interface InvalidMember {
  path: string
  message: string
}

interface ProblemOptions {
  errors?: InvalidMember[]
  headers?: Record<string, string>
  cause?: unknown
}

/** An error that the client is told of. `detail` and `errors` are for its eyes: nothing internal belongs there. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ErrorCode
  readonly detail: string
  readonly errors: InvalidMember[] | undefined
  /** They stand on the response beside those of every error. */
  readonly headers: Record<string, string> | undefined

  constructor(code: ErrorCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause })
    this.code = code
    this.detail = detail
    this.errors = options.errors
    this.headers = options.headers
  }

  get status(): number {
    return errorCodes[this.code].status
  }
}
