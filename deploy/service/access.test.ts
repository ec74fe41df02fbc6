import { describe, expect, it } from '@jest/globals'
import { type DeployedFunction, grantAccess } from './access.ts'

const network = { subnetIds: ['subnet-1'], securityGroupIds: ['group-1'] }
const networkEnvironment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318', OTEL_TRACES_SAMPLER: '' }
const services = {
  database: {
    secretArn: { 'Fn::ImportValue': 'DatabaseSecretArn' },
    isInNetwork: true,
    environment: { DATABASE_URL: 'postgres://proxy', DATABASE_SECRET_ARN: 'arn' },
  },
  adminKey: { secretArn: 'arn:key', environment: { ADMIN_API_KEY_SECRET_ARN: 'arn:key' } },
}

interface Role {
  Properties: { Policies: { PolicyDocument: { Statement: { Sid: string; Resource: unknown }[] } }[] }
}

function grant(definition: Partial<DeployedFunction>) {
  const functions = { createOrder: { name: 'stockroom-dev-createOrder', ...definition } }
  const roles = grantAccess(functions, { services, network, networkEnvironment }) as Record<string, Role>
  const statements = roles.CreateOrderRole?.Properties.Policies[0]?.PolicyDocument.Statement ?? []
  return {
    definition: functions.createOrder as DeployedFunction,
    resources: Object.fromEntries(statements.map(({ Sid, Resource }) => [Sid, Resource])),
  }
}

describe('grantAccess', () => {
  it('gives a function that uses nothing its log and no more', () => {
    const { definition, resources } = grant({})

    expect(definition).toMatchObject({
      environment: {},
      role: { 'Fn::GetAtt': ['CreateOrderRole', 'Arn'] },
    })
    expect(definition.vpc).toBeUndefined()
    expect(Object.keys(resources)).toEqual(['OwnLog'])
    expect(JSON.stringify(resources.OwnLog)).toMatch('log-group:/aws/lambda/stockroom-dev-createOrder:*')
  })

  it('gives a function the variables, the secret and the network of what it uses', () => {
    const { definition, resources } = grant({ uses: ['database'], environment: { DATABASE_POOL_SIZE: '2' } })

    expect(definition.environment).toEqual({
      DATABASE_URL: 'postgres://proxy',
      DATABASE_SECRET_ARN: 'arn',
      DATABASE_POOL_SIZE: '2',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318',
    })
    expect(definition.vpc).toBe(network)
    expect(resources.OwnSecrets).toEqual([{ 'Fn::ImportValue': 'DatabaseSecretArn' }])
    expect(resources).toHaveProperty('NetworkInterfacesHaveNoNarrowerResource')
  })

  it('leaves a function outside of the network that uses nothing in it, and names it no collector there', () => {
    const { definition, resources } = grant({ uses: ['adminKey'] })

    expect(definition.vpc).toBeUndefined()
    expect(definition.environment).toEqual({ ADMIN_API_KEY_SECRET_ARN: 'arn:key' })
    expect(Object.keys(resources)).toEqual(['OwnLog', 'OwnSecrets'])
  })

  it('lets a consumer describe the broker of its queue', () => {
    const { resources } = grant({ events: [{ rabbitmq: { arn: 'arn:broker' } }, {}] })

    expect(resources.ConsumedBroker).toEqual(['arn:broker'])
  })

  it('refuses a service that nobody has described', () => {
    expect(() => grant({ uses: ['databse'] })).toThrow(
      "createOrder uses databse, which custom.services doesn't describe.",
    )
  })
})
