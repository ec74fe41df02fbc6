import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { infrastructureIn, parametersOf } from '../../support/cloudformation/deployed-stage.ts'
import { paramIn } from '../../support/cloudformation/serverless-file.ts'

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-hard-limit.html */
const mostConnections: Record<string, number> = { 'mq.m7g.medium': 300, 'mq.m7g.xlarge': 10_000 }

/** Of each node's connections, for consumers, pollers, people and whoever reconnects before its old connection has ended. */
const shareOfRequests = 0.8

describe.each(['dev', 'prod'])('the broker of the stage %s', (stage) => {
  const { resources, outputs } = infrastructureIn(stage)
  const { BrokerConnections, BrokerInstanceType } = parametersOf(stage)
  const limit = Number(BrokerConnections)

  it('is told how many connections it takes, since the default is 100 for its smallest type', () => {
    expect(resources.BrokerConfiguration?.Properties).toMatchObject({
      EngineType: 'RABBITMQ',
      EngineVersion: resources.Broker?.Properties?.EngineVersion,
      Data: { 'Fn::Base64': `connection_max = ${limit}` },
    })
    expect(resources.Broker?.Properties?.Configuration).toEqual({
      Id: { Ref: 'BrokerConfiguration' },
      Revision: { 'Fn::GetAtt': ['BrokerConfiguration', 'Revision'] },
    })
    expect(limit).toBeLessThanOrEqual(mostConnections[String(BrokerInstanceType)] as number)
  })

  it('has connections for all requests that the gateway lets in at once, each in an environment of its own', () => {
    const [perSecond, burst] = [paramIn(stage, 'requestsPerSecond'), paramIn(stage, 'requestBurst')]
    const concurrency = paramIn(stage, 'orderConcurrency')
    // Whoever comes within the second of a cold start finds no environment that is free.
    const environments = concurrency === 'none' ? Number(burst) + Number(perSecond) : Number(concurrency)

    expect(environments).toBeLessThanOrEqual(limit * shareOfRequests)
  })

  it('rings before they are used up, in prod before two nodes are, as the third may be away', () => {
    const nodes = stage === 'prod' ? 2 : 1

    expect(resources.BrokerConnectionsAlarm?.Properties).toMatchObject({
      Threshold: 80,
      Metrics: [
        { Expression: `100 * connections / (${nodes} * ${limit})` },
        { MetricStat: { Metric: { MetricName: 'ConnectionCount' } } },
      ],
    })
  })

  it('has its first user from a secret that is never rotated, as Amazon MQ changes no user of RabbitMQ', () => {
    const users = JSON.stringify(resources.Broker?.Properties?.Users)

    expect(users).toContain('{BrokerFirstSecret}')
    expect(users).not.toContain('{BrokerSecret}')
  })

  it('lets the shop begin with that user, and read a secret of its own', () => {
    const { SecretString, GenerateSecretString } = resources.BrokerSecret?.Properties ?? {}

    expect(GenerateSecretString).toBeUndefined()
    expect(SecretString).toEqual({
      'Fn::Sub': expect.stringMatching(/^{{resolve:secretsmanager:\${BrokerFirstSecret}:SecretString}}$/),
    })
    expect(outputs.BrokerSecretArn?.Value).toEqual({ Ref: 'BrokerSecret' })
  })

  it('keeps what was rotated: an update of the stack would write the first user over it', () => {
    const { Statement } = JSON.parse(readFileSync('deploy/infrastructure/stack-policy.json', 'utf8'))

    expect(Statement).toContainEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: 'Update:*',
      Resource: ['LogicalResourceId/BrokerFirstSecret', 'LogicalResourceId/BrokerSecret'],
    })
  })
})
