import { listed, objectsIn, type Template } from './template.ts'

const pseudoParameters = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]

interface Reference {
  kind: 'Ref' | 'GetAtt' | 'Condition' | 'DependsOn'
  path: string
  name: string
  attribute?: string
}

/** Every reference of a template to something else in it. */
export function referencesIn(template: Template): Reference[] {
  const { Conditions, Resources, Outputs = {} } = template
  const parts = [...Object.entries(Resources), ...Object.entries(Outputs)]
  return [
    ...[...objectsIn({ Conditions, Resources, Outputs })].flatMap(([path, object]) => inObject(path, object)),
    ...parts.flatMap(([path, { Condition }]) =>
      Condition ? [{ kind: 'Condition' as const, path, name: Condition }] : [],
    ),
    ...Object.entries(Resources).flatMap(([path, { DependsOn }]) =>
      listed(DependsOn).map((name) => ({ kind: 'DependsOn' as const, path, name })),
    ),
  ]
}

function inObject(path: string, object: Record<string, unknown>): Reference[] {
  const { Ref: ref, Condition: condition } = object
  const getAtt = object['Fn::GetAtt']
  const chosen = object['Fn::If']
  const references: Reference[] = []
  if (typeof ref === 'string') references.push({ kind: 'Ref', path, name: ref })
  if (getAtt) references.push(attributeReference(path, getAtt))
  if (Array.isArray(chosen)) references.push({ kind: 'Condition', path, name: chosen[0] })
  if (typeof condition === 'string' && path.startsWith('Conditions')) {
    references.push({ kind: 'Condition', path, name: condition })
  }
  return [...references, ...inSubstitution(path, object['Fn::Sub'])]
}

function attributeReference(path: string, getAtt: unknown): Reference {
  const [name, ...attribute] = Array.isArray(getAtt) ? getAtt : String(getAtt).split('.')
  return { kind: 'GetAtt', path, name, attribute: attribute.join('.') }
}

function inSubstitution(path: string, substitution: unknown): Reference[] {
  const [text, own = {}] = listed(substitution as string | undefined) as [string?, object?]
  return [...(text ?? '').matchAll(/\$\{([^!}]+)\}/g)].flatMap(([, name]) => {
    if (Object.hasOwn(own, name as string)) return []
    return (name as string).includes('.')
      ? [attributeReference(path, name)]
      : [{ kind: 'Ref' as const, path, name: name as string }]
  })
}

/**
 * What is wrong with the references of a template: names that nothing has, and names that nobody uses.
 *
 * @param attributesOf what `Fn::GetAtt` may ask a resource type for, undefined for a type that isn't known
 */
export function wrongReferences(
  template: Template,
  attributesOf: (type: string) => string[] | undefined,
): string[] {
  const { Parameters = {}, Conditions = {}, Resources } = template
  const references = referencesIn(template)
  const exists = ({ kind, name, attribute }: Reference) => {
    if (kind === 'Condition') return Object.hasOwn(Conditions, name)
    if (kind === 'Ref' && (pseudoParameters.includes(name) || Object.hasOwn(Parameters, name))) return true
    const resource = Resources[name]
    if (kind !== 'GetAtt' || !resource) return resource !== undefined
    return attributesOf(resource.Type)?.includes(attribute as string) ?? true
  }
  const used = new Set(references.map(({ kind, name }) => `${kind}:${name}`))
  return [
    ...references
      .filter((reference) => !exists(reference))
      .map(({ kind, path, name, attribute }) => {
        return `${path}: ${kind} of ${name}${attribute ? `.${attribute}` : ''}, which does not exist`
      }),
    ...Object.keys(Parameters)
      .filter((name) => !used.has(`Ref:${name}`))
      .map((name) => `Parameters.${name}: nobody uses it`),
    ...Object.keys(Conditions)
      .filter((name) => !used.has(`Condition:${name}`))
      .map((name) => `Conditions.${name}: nobody uses it`),
  ]
}
