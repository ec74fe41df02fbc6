/** A function as the packaged CloudFormation template describes it. */
export interface TemplateFunction {
  Handler: string
  FunctionName: string
  MemorySize: number
  Timeout: number
  Environment?: { Variables: Record<string, unknown> }
  Layers: { Ref: string }[]
  VpcConfig?: object
  Role: { 'Fn::GetAtt': [string, string] }
}

export interface Resource {
  Type: string
  DependsOn?: string | string[]
  Properties: Record<string, unknown>
}

export interface Template {
  Resources: Record<string, Resource>
}

/** What the stack of deploy/infrastructure/ exports, by the end of its name. */
export type Exports = Record<string, string>

/** The value that CloudFormation puts in the place of `value`. */
export function evaluate(value: unknown, exports: Exports): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('Fn::ImportValue' in value) {
    const name = String(value['Fn::ImportValue']).replace(/^stockroom-[a-z]+-/, '')
    const found = exports[name]
    if (found === undefined) throw new Error(`Nothing exports ${value['Fn::ImportValue']}`)
    return found
  }
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]]
    return parts.map((part) => evaluate(part, exports)).join(separator)
  }
  throw new Error(`The tests can't evaluate ${JSON.stringify(value)}`)
}

/** The function of a key in serverless.yml. */
export function functionOf({ Resources }: Template, key: string): TemplateFunction {
  const resource = Resources[`${key[0]?.toUpperCase()}${key.slice(1)}LambdaFunction`]
  if (!resource) throw new Error(`The template has no function ${key}`)
  return resource.Properties as unknown as TemplateFunction
}

/** The names of the layers of a function, as their zips have them. */
export const layersOf = ({ Layers }: TemplateFunction): string[] =>
  Layers.map(({ Ref }) => Ref.replace('LambdaLayer', '').toLowerCase())

/** The keys in serverless.yml of all functions. */
export const functionKeys = ({ Resources }: Template): string[] =>
  Object.entries(Resources).flatMap(([id, { Type }]) =>
    Type === 'AWS::Lambda::Function'
      ? [`${id[0]?.toLowerCase()}${id.slice(1, -'LambdaFunction'.length)}`]
      : [],
  )
