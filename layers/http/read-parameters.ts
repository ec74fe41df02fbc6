import type { TSchema } from 'typebox'
import type { Parameter, Parameters } from './parameter.ts'
import { type InvalidMember, Problem } from './problem.ts'
import { validator } from './validator.ts'

type Texts = Readonly<Record<string, string | undefined>>

const nothing = {}

/**
 * Makes a function that reads the declared parameters out of the texts of a request.
 * @throws Problem (the function) with the code of the first wrong one that has a code, else `validation-failed` that names
 * every wrong one
 *
 * @example
 * const readQuery = parameterReader('query', { limit: { schema: Type.Integer({ minimum: 1, maximum: 100 }), … } })
 * readQuery({ limit: '20' }) // { limit: 20 }
 */
export function parameterReader(
  place: 'path' | 'query' | 'headers',
  parameters: Parameters = nothing,
): (texts: Texts | null | undefined) => object {
  const declared = Object.entries(parameters).map(
    ([name, parameter]) => [name, completed(parameter)] as const,
  )
  if (declared.length === 0) return () => nothing
  return (texts) => {
    const values: Record<string, unknown> = {}
    const errors: InvalidMember[] = []
    for (const [name, parameter] of declared) {
      const text = texts?.[name] ?? (place === 'path' ? '' : undefined)
      values[name] = text === undefined ? parameter.default : parameter.read(text, values)
      if (text !== undefined && values[name] === undefined) errors.push(refused(name, parameter))
    }
    if (errors.length > 0)
      throw new Problem('validation-failed', `The ${place} is not valid; \`errors\` says where.`, { errors })
    return values
  }
}

function refused(
  name: string,
  { code, message }: Required<Pick<Parameter, 'message'>> & Parameter,
): InvalidMember {
  if (code) throw new Problem(code, message)
  return { path: `/${name}`, message }
}

interface Schema {
  type?: string
  enum?: string[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

/** A parameter with what its schema says of texts. */
function completed(parameter: Parameter) {
  return { read: readerOf(parameter.schema), message: messageOf(parameter.schema as Schema), ...parameter }
}

/** Compiled when a request first has the parameter, which most that may be left out never have. */
function readerOf(schema: TSchema): (text: string) => string | number | undefined {
  let errorsOf: ReturnType<typeof validator> | undefined
  return (text) => {
    errorsOf ??= validator(schema)
    const value = isInteger(schema) && /^\d+$/.test(text) ? Number(text) : text
    return errorsOf(value) ? undefined : value
  }
}

const isInteger = (schema: Schema) => schema.type === 'integer'

function messageOf(schema: Schema): string {
  if (isInteger(schema)) return `must be an integer from ${schema.minimum} to ${schema.maximum}`
  if (schema.enum?.length === 2) return `must be ${schema.enum.join(' or ')}`
  if (schema.enum) return `must be one of ${schema.enum.join(', ')}`
  return `must have ${schema.minLength} to ${schema.maxLength} characters`
}
