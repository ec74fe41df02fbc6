import type { Parameter, Parameters } from './parameter.ts'
import { type InvalidMember, Problem } from './problem.ts'

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
  const schema = parameter.schema as Schema
  return { read: (text: string) => readText(schema, text), message: messageOf(schema), ...parameter }
}

function readText(schema: Schema, text: string): string | number | undefined {
  if (schema.type === 'integer') return readInteger(schema, text)
  if (schema.enum) return schema.enum.includes(text) ? text : undefined
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  return text.length >= minLength && text.length <= maxLength ? text : undefined
}

function readInteger(
  { minimum = 0, maximum = Number.POSITIVE_INFINITY }: Schema,
  text: string,
): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= minimum && value <= maximum ? value : undefined
}

function messageOf(schema: Schema): string {
  if (schema.type === 'integer') return `must be an integer from ${schema.minimum} to ${schema.maximum}`
  if (schema.enum?.length === 2) return `must be ${schema.enum.join(' or ')}`
  if (schema.enum) return `must be one of ${schema.enum.join(', ')}`
  return `must have ${schema.minLength} to ${schema.maxLength} characters`
}
