import { Ajv, type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import type { InvalidMember } from './problem.ts'

const maxErrors = 20

const ajv = new Ajv({ allErrors: true })

/** `decimals: 2` allows 19.99 and 0.1, not 1.005; `multipleOf` divides binary fractions and gets these wrong. */
ajv.addKeyword({
  keyword: 'decimals',
  type: 'number',
  schemaType: 'number',
  validate: (decimals: number, value: number) => Number(value.toFixed(decimals)) === value,
  error: { message: ({ schema }) => `must have at most ${schema} decimals` },
})

/** Neither white space nor what is drawn as nothing: U+200B, U+00AD, U+3164, marks of direction, the blank of Braille. */
const visibleCharacter = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u
const controlOrHalfCharacter = /[\p{Cc}\p{Cs}]/u

ajv.addKeyword({
  keyword: 'visible',
  type: 'string',
  schemaType: 'boolean',
  validate: (_: boolean, text: string) => visibleCharacter.test(text) && !controlOrHalfCharacter.test(text),
  error: { message: 'must not be blank nor hold control characters or broken Unicode' },
})

/** A compiled schema: returns everything that is wrong with a value (at most 20 things), or undefined. */
export function validator(schema: TSchema): (value: unknown) => InvalidMember[] | undefined {
  const isValid = ajv.compile(schema)
  return (value) => (isValid(value) ? undefined : isValid.errors?.slice(0, maxErrors).map(invalidMember))
}

function invalidMember({ instancePath, keyword, params, message }: ErrorObject): InvalidMember {
  switch (keyword) {
    case 'required':
      return { path: pointer(instancePath, params.missingProperty), message: 'is missing' }
    case 'additionalProperties':
      return { path: pointer(instancePath, params.additionalProperty), message: 'is not known here' }
    case 'not':
      return { path: instancePath, message: 'has a value that is not allowed here' }
    default:
      return { path: instancePath, message: message ?? 'is not valid' }
  }
}

const pointer = (parent: string, member: string) =>
  `${parent}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`
