import { describe, expect, it } from '@jest/globals'
import { readEventSourceMappings } from './event-source-mapping.ts'

const arn = 'arn:aws:mq:eu-west-1:000000000000:broker:shop:b-00000000-0000-0000-0000-000000000000'
const basicAuthArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/broker-AbCdEf'

const functionsWith = (rabbitmq: unknown) => ({ reduce: { events: [{ rabbitmq }] } })

const read = (members: object, defaultVirtualHost?: string) =>
  readEventSourceMappings(
    functionsWith({ arn, basicAuthArn, queue: 'stock', ...members }),
    defaultVirtualHost,
  )

describe('readEventSourceMappings', () => {
  it('takes the defaults of AWS for what a mapping leaves out', () => {
    const mappings = read({})

    expect(mappings).toEqual([
      {
        functionKey: 'reduce',
        queue: 'stock',
        virtualHost: '/',
        batchSize: 100,
        maximumBatchingWindowSeconds: 0.5,
        eventSourceArn: arn,
        enabled: true,
      },
    ])
  })

  it('takes the members that are there', () => {
    const [mapping] = read({ virtualHost: 'shop', batchSize: 10_000, maximumBatchingWindow: 0 })

    expect(mapping).toMatchObject({ virtualHost: 'shop', batchSize: 10_000, maximumBatchingWindowSeconds: 0 })
  })

  it('uses the virtual host of the broker URL when the mapping names none', () => {
    const [mapping] = read({}, 'tests')

    expect(mapping?.virtualHost).toBe('tests')
  })

  it('leaves out disabled mappings and other events', () => {
    const functions = {
      disabled: { events: [{ rabbitmq: { arn, basicAuthArn, queue: 'stock', enabled: false } }] },
      http: { events: [{ httpApi: 'GET /health' }, 'schedule'] },
      none: {},
    }

    expect(readEventSourceMappings(functions)).toEqual([])
  })

  it('reads several queues of one function', () => {
    const events = ['first', 'second'].map((queue) => ({ rabbitmq: { arn, basicAuthArn, queue } }))

    const mappings = readEventSourceMappings({ reduce: { events } })

    expect(mappings.map(({ queue }) => queue)).toEqual(['first', 'second'])
  })

  it.each([
    [{ Ref: 'BrokerArn' }, 'BrokerArn'],
    [{ 'Fn::ImportValue': 'shop:broker arn' }, 'shop-broker-arn'],
  ])('makes a readable placeholder of the ARN %j', (reference, name) => {
    const [mapping] = read({ arn: reference })

    expect(mapping?.eventSourceArn).toBe(
      `arn:aws:mq:us-east-1:000000000000:broker:${name}:b-00000000-0000-0000-0000-000000000000`,
    )
  })

  it.each([
    [{ batchSize: 0 }, 'rabbitmq.batchSize must be an integer from 1 to 10000, not 0'],
    [{ batchSize: 10_001 }, 'rabbitmq.batchSize must be an integer from 1 to 10000, not 10001'],
    [{ batchSize: '5' }, 'rabbitmq.batchSize must be an integer from 1 to 10000, not "5"'],
    [
      { maximumBatchingWindow: 301 },
      'rabbitmq.maximumBatchingWindow must be an integer from 0 to 300, not 301',
    ],
    [
      { maximumBatchingWindow: 0.5 },
      'rabbitmq.maximumBatchingWindow must be an integer from 0 to 300, not 0.5',
    ],
    [{ queue: undefined }, 'rabbitmq.queue must be a non-empty string, not undefined'],
    [{ virtualHost: '' }, 'rabbitmq.virtualHost must be a non-empty string, not ""'],
    [{ enabled: 'no' }, 'rabbitmq.enabled must be true or false, not "no"'],
    [
      { arn: { 'Fn::Sub': 'x' } },
      'rabbitmq.arn must be an ARN, a Ref or an Fn::ImportValue, not {"Fn::Sub":"x"}',
    ],
  ])('refuses %j and names function and member', (members, message) => {
    expect(() => read(members)).toThrow(new Error(`Function "reduce": ${message}`))
  })

  it('refuses a definition that is no object', () => {
    expect(() => readEventSourceMappings(functionsWith('stock'))).toThrow(
      'Function "reduce": rabbitmq must be an object',
    )
  })
})
