import type { ErrorCode } from './error-codes.ts'
import { Problem } from './problem.ts'

const positiveInteger = /^[1-9]\d{0,15}$/

/**
 * An id from the path.
 * @throws Problem `code` (a 404) for what can't be an id: no integer from 1 to 2^53 − 1
 */
export function pathId(text: string | undefined, code: ErrorCode): number {
  const id = Number(text)
  if (text && positiveInteger.test(text) && Number.isSafeInteger(id)) return id
  throw new Problem(code, 'Ids are integers from 1 to 9007199254740991.')
}
