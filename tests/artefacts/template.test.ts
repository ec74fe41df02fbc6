import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { queues } from '@stockroom/messaging/topology'
import { givenParameters, productionPackage } from './global-setup.ts'
import { readTemplate, textsOf } from './runtime/lambda-environment.ts'
import { functionKeys, functionOf, type Resource } from './runtime/template.ts'

const template = readTemplate()
const { Resources } = template
const keys = functionKeys(template)
const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type)

const shared = textsOf('shared')

/** The packages that a function loads when it starts, through the modules of the layer. */
function packagesOf(key: string): Set<string> {
  const found = new Set<string>()
  const visit = (code: string, folder: string) => {
    for (const [, name = ''] of code.matchAll(/(?:\bfrom|^import|;import)\s*["']([^"']+)["']/gm)) {
      const path = name.startsWith('@stockroom/')
        ? `nodejs/node_modules/${name}.mjs`
        : name.startsWith('.')
          ? join(folder, name)
          : undefined
      if (path === undefined) found.add(name)
      if (path === undefined || found.has(path)) continue
      found.add(path)
      visit(shared[path] as string, join(path, '..'))
    }
  }
  visit(textsOf(key)[functionOf(template, key).Handler.replace(/handler$/, 'mjs')] as string, '')
  return found
}

interface Statement {
  Sid: string
  Action: string[]
  Resource: unknown
}

function statementsOf(key: string): Statement[] {
  const [id] = functionOf(template, key).Role['Fn::GetAtt']
  const { Policies } = (Resources[id] as Resource).Properties as {
    Policies: { PolicyDocument: { Statement: Statement[] } }[]
  }
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

const variablesOf = (key: string) => functionOf(template, key).Environment?.Variables ?? {}

describe.each(keys)('%s', (key) => {
  const packages = packagesOf(key)

  it.each([
    ['DATABASE_URL', 'DATABASE_SECRET_ARN', 'knex'],
    ['REDIS_URL', 'REDIS_SECRET_ARN', 'ioredis'],
    ['RABBITMQ_URL', 'RABBITMQ_SECRET_ARN', 'amqplib'],
  ])('knows %s and %s when, and only when, it loads %s', (url, secret, name) => {
    const variables = variablesOf(key)

    expect({ url: url in variables, secret: secret in variables }).toEqual({
      url: packages.has(name),
      secret: packages.has(name),
    })
  })

  it('has a role of its own, which lets it read the secrets that it is told of and no other', () => {
    const secrets = Object.entries(variablesOf(key)).filter(([name]) => name.endsWith('_SECRET_ARN'))
    const readable = statementsOf(key).filter(({ Action }) =>
      Action.includes('secretsmanager:GetSecretValue'),
    )

    expect(functionOf(template, key).Role['Fn::GetAtt'][0].toLowerCase()).toBe(`${key}role`.toLowerCase())
    expect(readable.flatMap(({ Resource }) => Resource)).toEqual(secrets.map(([, arn]) => arn))
  })

  it('is in the private network when, and only when, it reaches a service there', () => {
    const reaches = ['DATABASE_URL', 'REDIS_URL', 'RABBITMQ_URL'].some((name) => name in variablesOf(key))

    expect(functionOf(template, key).VpcConfig !== undefined).toBe(reaches)
  })

  it('is told no password', () => {
    expect(JSON.stringify(variablesOf(key))).not.toMatch(/:[^/@"]+@/)
  })
})

interface Metric {
  MetricStat?: { Metric: { Dimensions: { Name: string; Value: unknown }[] } }
}
const metricsOf = (alarm: string) => (Resources[alarm] as Resource).Properties.Metrics as Metric[]

describe('the template', () => {
  it('polls the queues when the migration has declared them, with the broker’s secret', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping')

    expect(mappings).toHaveLength(Object.keys(queues).length)
    for (const { DependsOn, Properties } of mappings) {
      expect(DependsOn).toContain('Migration')
      expect(Properties).toMatchObject({
        BatchSize: 500,
        SourceAccessConfigurations: [
          { Type: 'BASIC_AUTH', URI: { 'Fn::ImportValue': 'stockroom-dev-BrokerSecretArn' } },
        ],
      })
    }
  })

  it('watches the errors of every consumer, and the dead letters of every queue', () => {
    const watched = (alarm: string, dimension: string) =>
      metricsOf(alarm)
        .flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? [])
        .flatMap(({ Name, Value }) => (Name === dimension ? [Value] : []))
    const mappings = ofType('AWS::Lambda::EventSourceMapping')
    const polled = mappings.flatMap(({ Properties }) => Properties.Queues as string[])

    expect(watched('DeadLettersAlarm', 'queue')).toEqual(polled)
    expect(watched('ConsumerErrorsAlarm', 'FunctionName')).toHaveLength(polled.length)
  })

  it('migrates again when the code of the migrations has changed', () => {
    expect(Resources.Migration?.Properties.Code).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('the template of production, with infrastructure that is there already', () => {
  const production = readTemplate(productionPackage)
  const createOrder = functionOf(production, 'createOrder')

  it('has what was given in the place of imports, and imports the rest of its own stage', () => {
    expect(createOrder.Environment?.Variables).toMatchObject({
      RABBITMQ_SECRET_ARN: givenParameters.brokerSecretArn,
      RABBITMQ_URL: { 'Fn::ImportValue': 'stockroom-prod-BrokerEndpoint' },
      DATABASE_URL: { 'Fn::Join': ['', expect.arrayContaining([givenParameters.databaseEndpoint])] },
    })
    expect(createOrder.VpcConfig).toMatchObject({
      SubnetIds: ['subnet-1', { 'Fn::ImportValue': 'stockroom-prod-SubnetB' }],
    })
    const { ReduceStockEventSourceMappingRabbitMQStockreduction: mapping } = production.Resources
    expect(mapping?.Properties.EventSourceArn).toBe(givenParameters.brokerArn)
  })

  it('lets the pages of each origin that was given read the answers', () => {
    expect(production.Resources.HttpApi?.Properties.CorsConfiguration).toMatchObject({
      AllowOrigins: ['https://shop.example', 'https://admin.example'],
    })
  })
})
