import { type Reference, readReference } from './reference.ts'

/** A `rabbitmq` event as serverless.yml gives it. */
export type Definition = Record<string, unknown>

export type DefinitionReader = ReturnType<typeof definitionReader>

// https://github.com/oss-serverless/serverless: what its schema of the event knows.
const MEMBERS = [
  'arn',
  'basicAuthArn',
  'queue',
  'virtualHost',
  'batchSize',
  'maximumBatchingWindow',
  'enabled',
  'filterPatterns',
]

/** Reads the members of one definition. Every refusal names the function and the member. */
export function definitionReader(functionKey: string, definition: unknown) {
  const fail = (problem: string): never => {
    throw new Error(`Function "${functionKey}": ${problem}`)
  }
  if (typeof definition !== 'object' || definition === null) return fail('rabbitmq must be an object')
  const members = definition as Definition
  const wrong = (member: string, expectation: string) =>
    fail(`rabbitmq.${member} must be ${expectation}, not ${JSON.stringify(members[member])}`)
  const unknown = Object.keys(members).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined) return fail(`rabbitmq.${unknown} is unknown; it knows ${MEMBERS.join(', ')}`)

  const text = (member: string): string => {
    const value = members[member]
    return typeof value === 'string' && value !== '' ? value : wrong(member, 'a non-empty string')
  }

  return {
    text,
    optionalText: (member: string): string | undefined =>
      (members[member] ?? undefined) === undefined ? undefined : text(member),
    integer<Fallback>(member: string, fallback: Fallback, least: number, most: number): number | Fallback {
      const value = members[member]
      if (value === undefined) return fallback
      const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      return fits ? value : wrong(member, `an integer from ${least} to ${most}`)
    },
    flag(member: string, fallback: boolean): boolean {
      const value = members[member] ?? fallback
      return typeof value === 'boolean' ? value : wrong(member, 'true or false')
    },
    reference(member: string): Reference {
      return readReference(members[member]) ?? wrong(member, 'an ARN, a Ref or an Fn::ImportValue')
    },
    /** What `make` makes of a member that is there; its error becomes a refusal. */
    optional<T>(member: string, make: (value: unknown) => T): T | undefined {
      if (members[member] === undefined) return undefined
      try {
        return make(members[member])
      } catch (error) {
        return fail(`rabbitmq.${(error as Error).message}`)
      }
    },
  }
}
