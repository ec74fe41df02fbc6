import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export interface Resource {
  Type: string
  Properties?: Record<string, unknown>
  Condition?: string
  DependsOn?: string | string[]
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
  Metadata?: unknown
}

export interface Output {
  Description?: string
  Value: unknown
  Condition?: string
  Export?: { Name: unknown }
}

export interface Parameter {
  Type: string
  Default?: unknown
  AllowedValues?: unknown[]
  AllowedPattern?: string
  MinValue?: number
  MaxValue?: number
}

export interface Template {
  Parameters?: Record<string, Parameter>
  Conditions?: Record<string, unknown>
  Resources: Record<string, Resource>
  Outputs?: Record<string, Output>
}

const shopTemplate = '.serverless/cloudformation-template-update-stack.json'

/** The templates that are deployed, by what they describe: the one place that lists them. */
export const templatePaths = {
  infrastructure: 'deploy/infrastructure/template.yml',
  'existing infrastructure': 'deploy/infrastructure/existing.yml',
  // `npm run package` writes it. `npm run test:templates`, as CI runs it, fails without it.
  ...(existsSync(shopTemplate) || process.env.STOCKROOM_TEMPLATES === 'all' ? { shop: shopTemplate } : {}),
} as { infrastructure: string; 'existing infrastructure': string; shop?: string }

// osls reads serverless.yml with this parser; its schema knows !Ref, !Sub and the rest of their kind.
const serverless = createRequire(createRequire(import.meta.url).resolve('serverless/package.json'))
const yaml = serverless('js-yaml') as { load(text: string, options: object): unknown }
type YamlListener = (event: 'open' | 'close', state: { anchor: string | null; line: number }) => void
const schema = serverless('./lib/utils/serverless-utils/cloudformation-schema.js')

/** Reads a template in JSON or YAML, with the functions in their long form (`{ Ref: … }`). */
export const parseTemplate = (text: string): Template => yaml.load(text, { schema }) as Template

export const readTemplate = (path: string): Template => parseTemplate(readFileSync(path, 'utf8'))

/** The lines with an anchor (`&name`), without which there is no alias: CloudFormation refuses templates with aliases. */
export function anchoredLines(text: string): number[] {
  const lines: number[] = []
  const listener: YamlListener = (event, { anchor, line }) => {
    if (event === 'close' && anchor !== null) lines.push(line + 1)
  }
  yaml.load(text, { schema, listener })
  return lines
}

/** Every object of a value, with the path that leads there, the outermost first. */
export function* objectsIn(value: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>]
  for (const [key, member] of Object.entries(value)) yield* objectsIn(member, path ? `${path}.${key}` : key)
}

/** What stands in a list, or alone in the place of a list. */
export const listed = <Value>(value: Value | Value[] | undefined): Value[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]
