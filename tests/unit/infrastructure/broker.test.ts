import { describe, expect, it } from '@jest/globals'
import { infrastructureIn, parametersOf } from '../../support/cloudformation/deployed-stage.ts'
import { paramIn } from '../../support/cloudformation/serverless-file.ts'

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-hard-limit.html */
const mostConnections: Record<string, number> = { 'mq.m7g.medium': 300, 'mq.m7g.xlarge': 10_000 }

/** Of each node's connections, for consumers, pollers, people and whoever reconnects before its old connection has ended. */
const shareOfRequests = 0.8

describe.each(['dev', 'prod'])('the broker of the stage %s', (stage) => {
  const { resources } = infrastructureIn(stage)
  const { BrokerConnections, BrokerInstanceType } = parametersOf(stage)
  const limit = Number(BrokerConnections)

  it('takes no more connections than its type has', () => {
    expect(resources.BrokerConfiguration?.Properties?.Data).toEqual({
      'Fn::Base64': `connection_max = ${limit}`,
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

  it('has its first user from a secret that is never rotated, as Amazon MQ changes no user of RabbitMQ', () => {
    const users = JSON.stringify(resources.Broker?.Properties?.Users)

    expect(users).toContain('{BrokerFirstSecret}')
    expect(users).not.toContain('{BrokerSecret}')
  })
})
