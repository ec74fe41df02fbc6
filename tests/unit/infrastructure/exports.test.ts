import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { stageOf } from '../../support/cloudformation/stage.ts'
import { objectsIn, readTemplate, templatePaths } from '../../support/cloudformation/template.ts'

const shared = [
  'AdminKeySecretArn',
  'AlarmTopicArn',
  'BrokerArn',
  'BrokerEndpoint',
  'BrokerSecretArn',
  'CacheEndpoint',
  'CacheSecretArn',
  'DatabaseProxyEndpoint',
  'DatabaseSecretArn',
  'FunctionSecurityGroup',
  'SubnetA',
  'SubnetB',
  'VpcId',
]

function exportsOf(path: string, stage: string): unknown[] {
  const template = readTemplate(path)
  const values = Object.fromEntries(Object.keys(template.Parameters ?? {}).map((name) => [name, 'x']))
  const { outputs } = stageOf(template, { ...values, Stage: stage })
  return Object.values(outputs).flatMap(({ Export: exported }) => (exported ? [exported.Name] : []))
}

describe.each([templatePaths.infrastructure, templatePaths['existing infrastructure']])('%s', (path) => {
  it.each(['dev', 'prod'])('exports what the shop may import, in the stage %s', (stage) => {
    expect(exportsOf(path, stage).sort()).toEqual(shared.map((name) => `stockroom-${stage}-${name}`))
  })
})

/** The names that a template imports; osls has put the stage into them already. */
const importsOf = (path: string) =>
  [...objectsIn(readTemplate(path))].flatMap(([, object]) =>
    object['Fn::ImportValue'] ? [object['Fn::ImportValue']] : [],
  )

if (templatePaths.shop) {
  it('the packaged shop imports nothing but that', () => {
    const imports = importsOf(templatePaths.shop as string)
    const [, stage] = /^stockroom-(\w+)-/.exec(String(imports[0])) ?? []

    expect(imports).not.toEqual([])
    expect(exportsOf(templatePaths.infrastructure, stage as string)).toEqual(expect.arrayContaining(imports))
  })
}

it('serverless.yml imports nothing but that', () => {
  const text = readFileSync('serverless.yml', 'utf8')
  const names = [...text.matchAll(/stockroom-\$\{[^}]+\}-(\w+)/g)].map(([, name]) => name)

  expect(shared).toEqual(expect.arrayContaining(names))
})

describe.each(['dev', 'prod'])('the parameters of the stage %s', (stage) => {
  const Parameters = parseEnv(readFileSync(`deploy/infrastructure/parameters/${stage}.env`, 'utf8'))
  const declared = readTemplate(templatePaths.infrastructure).Parameters ?? {}

  it('are declared by the template', () => {
    expect(Object.keys(declared)).toEqual(expect.arrayContaining(Object.keys(Parameters)))
    expect(Parameters.Stage).toBe(stage)
  })

  it.each(Object.entries(Parameters))('%s may be "%s"', (name, value) => {
    const {
      AllowedValues,
      AllowedPattern = '',
      MinValue = -Infinity,
      MaxValue = Infinity,
      Type,
    } = declared[name] ?? { Type: 'String' }

    expect(AllowedValues ?? [value]).toContain(value)
    expect(value).toMatch(new RegExp(AllowedPattern))
    if (Type !== 'Number') return
    expect(Number(value)).toBeGreaterThanOrEqual(MinValue)
    expect(Number(value)).toBeLessThanOrEqual(MaxValue)
  })
})

it('the stack policy guards resources that are there', () => {
  const { Statement } = JSON.parse(readFileSync('deploy/infrastructure/stack-policy.json', 'utf8'))
  const guarded = Statement.flatMap(
    ({ Effect, Resource }: { Effect: string; Resource: string | string[] }) =>
      Effect === 'Deny' ? [Resource].flat() : [],
  ).map((id: string) => id.replace('LogicalResourceId/', ''))

  expect(Object.keys(readTemplate(templatePaths.infrastructure).Resources)).toEqual(
    expect.arrayContaining(guarded),
  )
})
