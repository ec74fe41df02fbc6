/** What a log line says of an error. */
export interface ErrorFields {
  type: string
  message: string
  code?: string
  stack?: string
  cause?: ErrorFields
}

const deepest = 3

/**
 * What the log says of an error: its kind, words, code and place, and those of its causes. Other members stay out, as
 * drivers hang statements, values and whole commands on their errors; a password in a URL is masked.
 */
export function errorFields(error: unknown): unknown {
  return error instanceof Error ? fieldsOf(error, 1) : error
}

function fieldsOf(error: Error, depth: number): ErrorFields {
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    type: name,
    message: masked(message),
    code,
    stack: stack && masked(stack),
    cause: cause instanceof Error && depth < deepest ? fieldsOf(cause, depth + 1) : undefined,
  }
}

const masked = (text: string): string => text.replaceAll(/\/\/[^/@\s]*@/g, '//***@')
