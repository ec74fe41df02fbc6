import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { wrongReferences } from '../../support/cloudformation/references.ts'
import { attributesOf, specificationProblems } from '../../support/cloudformation/specification.ts'
import {
  anchoredLines,
  parseTemplate,
  readTemplate,
  templatePaths,
} from '../../support/cloudformation/template.ts'

/** Bytes of a template that `aws cloudformation deploy` sends as it is; a larger one needs a bucket. */
const largestBody = 51_200

describe.each(Object.entries(templatePaths))('the template of the %s', (_, path) => {
  const template = readTemplate(path)

  it("is as AWS's specification of its resources has it", () => {
    expect(specificationProblems(template)).toEqual([])
  })

  it('refers to what exists, and declares nothing in vain', () => {
    expect(wrongReferences(template, attributesOf)).toEqual([])
  })

  it('has at most the 500 resources that a stack may have', () => {
    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500)
  })
})

it.each([templatePaths.infrastructure, templatePaths['existing infrastructure']])(
  '%s can be sent without a bucket',
  (path) => {
    expect(statSync(path).size).toBeLessThanOrEqual(largestBody)
  },
)

// osls sends the shop's template as JSON, so files that it reads may have aliases.
it.each(Object.values(templatePaths))('%s has no aliases, which CloudFormation refuses', (path) => {
  expect(anchoredLines(readFileSync(path, 'utf8'))).toEqual([])
})

it('finds an alias in lists, objects and texts', () => {
  expect(anchoredLines('a: [&b { c: &d e }]\nf: *b\ng: &h\n  - *d\n')).toHaveLength(3)
})

describe('the check against the specification', () => {
  const infrastructure = readFileSync(templatePaths.infrastructure, 'utf8')

  it.each([
    ['RequireTLS: true', 'RequireTls: true', 'DatabaseProxy.Properties: there is no property RequireTls'],
    ['EngineFamily: POSTGRESQL', '', 'DatabaseProxy.Properties: EngineFamily is missing'],
    [
      'Type: AWS::RDS::DBProxy\n',
      'Type: AWS::RDS::Proxy\n',
      'DatabaseProxy: there is no type AWS::RDS::Proxy',
    ],
    [
      'IdleClientTimeout: 1800',
      'IdleClientTimeout: soon',
      'DatabaseProxy.Properties.IdleClientTimeout: "soon" is no integer',
    ],
    [
      "EngineVersion: '4.2'",
      'EngineVersion: 4.2',
      'BrokerConfiguration.Properties.EngineVersion: 4.2 is no string',
    ],
    [
      'NumCacheClusters: !If [IsProduction, 2, 1]',
      'NumCacheClusters: !If [IsProduction, 2, one]',
      'Cache.Properties.NumCacheClusters: "one" is no integer',
    ],
    ['Logs: { General: true }', 'Logs: [General]', 'Broker.Properties.Logs: not an object'],
    [
      'SecurityGroups: [!Ref BrokerSecurityGroup]',
      'SecurityGroups: { a: b }',
      'Broker.Properties.SecurityGroups: not a list',
    ],
    ['DeletionPolicy: Snapshot', 'DeletePolicy: Snapshot', 'Database: a resource has no member DeletePolicy'],
  ])('misses %s when it is %s', (right, wrong, problem) => {
    expect(infrastructure).toContain(right)

    const template = parseTemplate(infrastructure.replace(right, wrong))

    expect(specificationProblems(template)).toEqual([problem])
  })

  it.each([
    ['!GetAtt Broker.Arn', '!GetAtt Broker.Name', 'GetAtt of Broker.Name, which does not exist'],
    ['!Ref CacheSecret', '!Ref CachePassword', 'Ref of CachePassword, which does not exist'],
    ['{CacheSecret}:Secret', '{CachePassword}:Secret', 'Ref of CachePassword, which does not exist'],
    ['Condition: HasAlarmEmail', 'Condition: HasMail', 'Condition of HasMail, which does not exist'],
    ['DependsOn: Broker', 'DependsOn: RabbitMq', 'DependsOn of RabbitMq, which does not exist'],
    ['!Ref BrokerBacklogAlarm', '10000', 'Parameters.BrokerBacklogAlarm: nobody uses it'],
    ['!If [IsProduction, 14, 1]', '!If [IsProd, 14, 1]', 'Condition of IsProd, which does not exist'],
  ])('misses %s when it is %s', (right, wrong, problem) => {
    const template = parseTemplate(infrastructure.replace(right, wrong))

    expect(wrongReferences(template, attributesOf)).toContainEqual(expect.stringContaining(problem))
  })
})
