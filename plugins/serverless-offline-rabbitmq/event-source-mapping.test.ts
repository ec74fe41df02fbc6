import { describe, expect, it } from '@jest/globals'
import { readEventSourceMappings, sharedQueues } from './event-source-mapping.ts'

const arn = 'arn:aws:mq:eu-west-1:000000000000:broker:shop:b-00000000-0000-0000-0000-000000000000'
const basicAuthArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/broker-AbCdEf'
const local = { url: 'amqp://localhost:5672', brokers: {}, references: {}, credentials: {} }

const functionsWith = (rabbitmq: unknown) => ({ functions: { reduce: { events: [{ rabbitmq }] } } })

const read = (members: object, options: Partial<typeof local> = {}) =>
  readEventSourceMappings(functionsWith({ arn, basicAuthArn, queue: 'stock', ...members }), {
    ...local,
    ...options,
  })

describe('readEventSourceMappings', () => {
  it('takes the defaults of AWS for what a mapping leaves out: 100 messages, 500 ms, enabled', () => {
    const mappings = read({})

    expect(mappings).toEqual([
      {
        functionKey: 'reduce',
        queue: 'stock',
        virtualHost: '/',
        brokerUrl: 'amqp://localhost:5672',
        batchSize: 100,
        maximumBatchingWindowSeconds: 0.5,
        eventSourceArn: arn,
        enabled: true,
        timeoutSeconds: 6,
      },
    ])
  })

  it.each([
    [
      { batchSize: 1, maximumBatchingWindow: 0 },
      { batchSize: 1, maximumBatchingWindowSeconds: 0 },
    ],
    [
      { batchSize: 10_000, maximumBatchingWindow: 300 },
      { batchSize: 10_000, maximumBatchingWindowSeconds: 300 },
    ],
  ])('takes batch sizes from 1 to 10,000 and windows from 0 to 300 s: %j', (members, expected) => {
    expect(read(members)).toMatchObject([expected])
  })

  it('uses the virtual host of the broker URL when the mapping names none', () => {
    const url = 'amqp://localhost/tests'

    expect(read({}, { url })).toMatchObject([{ virtualHost: 'tests' }])
    expect(read({ virtualHost: 'shop' }, { url })).toMatchObject([{ virtualHost: 'shop' }])
  })

  it('leaves out what is not enabled, and other events', () => {
    const functions = {
      disabled: { events: [{ rabbitmq: { arn, basicAuthArn, queue: 'stock', enabled: false } }] },
      http: { events: [{ httpApi: 'GET /health' }, 'schedule'] },
      none: {},
    }

    expect(readEventSourceMappings({ functions }, local)).toEqual([])
  })

  it('reads several queues of one function', () => {
    const events = ['first', 'second'].map((queue) => ({ rabbitmq: { arn, basicAuthArn, queue } }))

    const mappings = readEventSourceMappings({ functions: { reduce: { events } } }, local)

    expect(mappings.map(({ queue }) => queue)).toEqual(['first', 'second'])
  })

  it("refuses the same queue twice for one function, as Lambda's ResourceConflictException does", () => {
    const twice = {
      reduce: { events: [1, 2].map(() => ({ rabbitmq: { arn, basicAuthArn, queue: 'stock' } })) },
    }

    expect(() => readEventSourceMappings({ functions: twice }, local)).toThrow(
      'Function "reduce": queue "stock" is mapped twice, which Lambda refuses',
    )
  })

  it('compiles filterPatterns', () => {
    const [mapping] = read({ filterPatterns: [{ data: ['yes'] }] })

    expect(mapping?.passes?.(Buffer.from('yes'))).toBe(true)
    expect(mapping?.passes?.(Buffer.from('no'))).toBe(false)
  })
})

describe('eventSourceArn', () => {
  it.each([
    [{ Ref: 'BrokerArn' }, 'BrokerArn'],
    [{ 'Fn::ImportValue': 'shop:broker arn' }, 'shop-broker-arn'],
  ])('is a readable placeholder for %j', (reference, name) => {
    expect(read({ arn: reference })).toMatchObject([
      {
        eventSourceArn: `arn:aws:mq:us-east-1:000000000000:broker:${name}:b-00000000-0000-0000-0000-000000000000`,
      },
    ])
  })

  it.each([[{ Ref: 'BrokerArn' }], [{ 'Fn::ImportValue': 'BrokerArn' }]])(
    'is what the options say about %j',
    (reference) => {
      const mappings = read({ arn: reference }, { references: { BrokerArn: arn } })

      expect(mappings).toMatchObject([{ eventSourceArn: arn }])
    },
  )
})

describe('brokerUrl', () => {
  const brokers = { [arn]: 'amqp://of-the-arn', Named: 'amqp://of-the-name' }

  it.each([
    ['an ARN', arn, 'amqp://of-the-arn'],
    ['the name of a reference', { Ref: 'Named' }, 'amqp://of-the-name'],
    ['a reference to an ARN', { Ref: 'Known' }, 'amqp://of-the-arn'],
    ['nothing that is mapped', { Ref: 'Other' }, 'amqp://localhost:5672'],
  ])('is found by %s', (_, reference, brokerUrl) => {
    expect(read({ arn: reference }, { brokers, references: { Known: arn } })).toMatchObject([{ brokerUrl }])
  })

  it('has the credentials that the options give for basicAuthArn', () => {
    const credentials = { [basicAuthArn]: { username: 'shop', password: 'p@ss/word' } }

    const mappings = read({}, { url: 'amqp://guest:guest@localhost:5672/x', credentials } as never)

    expect(mappings).toMatchObject([{ brokerUrl: 'amqp://shop:p%40ss%2Fword@localhost:5672/x' }])
  })
})

describe('timeoutSeconds', () => {
  const timeoutOf = (timeout?: number, provider?: { timeout?: number }) => {
    const events = [{ rabbitmq: { arn, basicAuthArn, queue: 'stock' } }]
    return readEventSourceMappings({ functions: { reduce: { events, timeout } }, provider }, local)[0]
      ?.timeoutSeconds
  }

  it("is the function's, else the provider's, else the 6 s that Serverless deploys", () => {
    expect([timeoutOf(3, { timeout: 10 }), timeoutOf(undefined, { timeout: 10 }), timeoutOf()]).toEqual([
      3, 10, 6,
    ])
  })

  it('is 14 minutes at most, as for every function that Lambda invokes for Amazon MQ', () => {
    expect(timeoutOf(900)).toBe(840)
  })
})

describe('a wrong definition', () => {
  it.each([
    [{ batchSize: 0 }, 'batchSize must be an integer from 1 to 10000, not 0'],
    [{ batchSize: 10_001 }, 'batchSize must be an integer from 1 to 10000, not 10001'],
    [{ batchSize: '5' }, 'batchSize must be an integer from 1 to 10000, not "5"'],
    [{ maximumBatchingWindow: 301 }, 'maximumBatchingWindow must be an integer from 0 to 300, not 301'],
    [{ maximumBatchingWindow: 0.5 }, 'maximumBatchingWindow must be an integer from 0 to 300, not 0.5'],
    [{ queue: undefined }, 'queue must be a non-empty string, not undefined'],
    [{ virtualHost: '' }, 'virtualHost must be a non-empty string, not ""'],
    [{ enabled: 'no' }, 'enabled must be true or false, not "no"'],
    [{ arn: { 'Fn::Sub': 'x' } }, 'arn must be an ARN, a Ref or an Fn::ImportValue, not {"Fn::Sub":"x"}'],
    [{ basicAuthArn: undefined }, 'basicAuthArn must be an ARN, a Ref or an Fn::ImportValue, not undefined'],
    [{ filterPatterns: [{ body: ['x'] }] }, 'filterPatterns[0] must hold data alone'],
    [{ maximumRetryAttempts: 3 }, 'maximumRetryAttempts is unknown; it knows arn, basicAuthArn, queue'],
  ])('is refused with function and member: %j', (members, message) => {
    expect(() => read(members)).toThrow(`Function "reduce": rabbitmq.${message}`)
  })

  it('may be no object', () => {
    expect(() => readEventSourceMappings(functionsWith('stock'), local)).toThrow(
      'Function "reduce": rabbitmq must be an object',
    )
  })
})

describe('sharedQueues', () => {
  it('finds the queue that two functions consume', () => {
    const rabbitmq = { arn, basicAuthArn, queue: 'stock' }
    const functions = {
      first: { events: [{ rabbitmq }] },
      second: { events: [{ rabbitmq }, { rabbitmq: { ...rabbitmq, queue: 'own' } }] },
      third: { events: [{ rabbitmq: { ...rabbitmq, virtualHost: 'other' } }] },
    }

    const shared = sharedQueues(readEventSourceMappings({ functions }, local))

    expect(shared).toEqual([{ queue: 'stock', functionKeys: ['first', 'second'] }])
  })
})
