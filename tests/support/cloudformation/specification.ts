import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { Template } from './template.ts'

/** A type in the specification of CloudFormation's resources; https://github.com/cdklabs/awscdk-service-spec. */
interface SpecificationType {
  type: string
  element?: SpecificationType
  types?: SpecificationType[]
  reference?: { $ref: string }
}

type Properties = Record<string, { type: SpecificationType; required?: boolean }>

interface ResourceSpecification {
  properties: Properties
  attributes: Record<string, unknown>
}

const specification = loadAwsServiceSpecSync()

function findResource(type: string): ResourceSpecification | undefined {
  const found = specification.lookup('resource', 'cloudFormationType', 'equals', type)
  return found.length > 0 ? (found.only() as ResourceSpecification) : undefined
}

const definition = (reference: unknown) =>
  specification.get('typeDefinition', reference as never) as { properties: Properties }

/** What `Fn::GetAtt` may ask a resource of this type for; undefined for a type that AWS doesn't have. */
export function attributesOf(type: string): string[] | undefined {
  const resource = findResource(type)
  return resource && Object.keys(resource.attributes)
}

const resourceMembers = [
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'CreationPolicy',
  'UpdatePolicy',
  'Metadata',
]

/** What is not as AWS's own specification of its resource types has it: types, members, kinds of values, what is missing. */
export function specificationProblems({ Resources }: Template): string[] {
  return Object.entries(Resources).flatMap(([name, resource]) => {
    // A function of ours makes it, with whatever properties it likes.
    if (resource.Type.startsWith('Custom::')) return []
    const found = findResource(resource.Type)
    if (!found) return [`${name}: there is no type ${resource.Type}`]
    const strangers = Object.keys(resource).filter((member) => !resourceMembers.includes(member))
    return [
      ...strangers.map((member) => `${name}: a resource has no member ${member}`),
      ...inObject(`${name}.Properties`, resource.Properties ?? {}, found.properties),
    ]
  })
}

function inObject(path: string, value: unknown, properties: Properties): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not an object`]
  const members = value as Record<string, unknown>
  const missing = Object.keys(properties).filter(
    (name) => properties[name]?.required && members[name] === undefined,
  )
  return [
    ...missing.map((name) => `${path}: ${name} is missing`),
    ...Object.entries(members).flatMap(([name, member]) => {
      const property = properties[name]
      return property
        ? inValue(`${path}.${name}`, member, property.type)
        : [`${path}: there is no property ${name}`]
    }),
  ]
}

function inValue(path: string, value: unknown, type: SpecificationType): string[] {
  const call = functionCall(value)
  // What a function gives is known when the stack is made; both sides of a choice are known now.
  if (call?.name === 'Fn::If')
    return (call.argument as unknown[]).slice(1).flatMap((side) => inValue(path, side, type))
  if (call) return []
  return kinds[type.type]?.(path, value, type) ?? []
}

function functionCall(value: unknown): { name: string; argument: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const [entry, ...others] = Object.entries(value)
  if (!entry || others.length > 0) return undefined
  const [name, argument] = entry
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined
}

type Check = (path: string, value: unknown, type: SpecificationType) => string[]

const scalar =
  (name: string, holds: (value: unknown) => boolean): Check =>
  (path, value) =>
    holds(value) ? [] : [`${path}: ${JSON.stringify(value)} is no ${name}`]

const isNumber = (value: unknown) => value !== '' && Number.isFinite(Number(value))

const kinds: Record<string, Check> = {
  string: scalar('string', (value) => typeof value === 'string'),
  boolean: scalar('boolean', (value) => [true, false, 'true', 'false'].includes(value as boolean)),
  number: scalar('number', isNumber),
  integer: scalar('integer', (value) => isNumber(value) && Number.isInteger(Number(value))),
  array: (path, value, type) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => inValue(`${path}.${index}`, item, type.element as SpecificationType))
      : [`${path}: not a list`],
  map: (path, value, type) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, item]) =>
          inValue(`${path}.${key}`, item, type.element as SpecificationType),
        )
      : [`${path}: not a map`],
  ref: (path, value, type) => inObject(path, value, definition(type.reference).properties),
  tag: (path, value) => inObject(path, value, tagProperties),
  union: (path, value, type) => {
    const found = (type.types ?? []).map((each) => inValue(path, value, each))
    return found.some((problems) => problems.length === 0) ? [] : (found[0] ?? [])
  },
}

const tagProperties: Properties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
}
