import { describe, expect, it } from '@jest/globals'
import { arn, mappingsOf, rabbitmqEvent, readMapping } from '../fixtures/rabbitmq-events.ts'
import { sharedQueues } from './event-source-mapping.ts'

describe('readEventSourceMappings', () => {
  it('collects batches for as long as batchingWindowMs says, and keeps what the definition itself says', () => {
    const mapping = readMapping({ maximumBatchingWindow: 2 }, { batchingWindowMs: 0 })

    expect(mapping).toMatchObject({ batchingWindowMs: 0, declared: { maximumBatchingWindow: 2 } })
  })

  it('compiles filterPatterns', () => {
    const mapping = readMapping({ filterPatterns: [{ data: ['yes'] }] })

    expect(mapping.passes?.(Buffer.from('yes'))).toBe(true)
    expect(mapping.passes?.(Buffer.from('no'))).toBe(false)
  })
})

describe('brokerUrl', () => {
  const brokers = { [arn]: 'amqp://of-the-arn', Named: 'amqp://of-the-name' }

  it.each([
    ['an ARN', arn, 'amqp://of-the-arn'],
    ['the name of a reference', { Ref: 'Named' }, 'amqp://of-the-name'],
    ['a reference to an ARN', { Ref: 'Known' }, 'amqp://of-the-arn'],
    ['nothing that is mapped', { Ref: 'Other' }, 'amqp://localhost:5672'],
  ])('is found by %s', (_, reference, brokerUrl) => {
    const mapping = readMapping({ arn: reference }, { brokers, references: { Known: arn } })

    expect(mapping.brokerUrl).toBe(brokerUrl)
  })
})

describe('a wrong definition', () => {
  it('is none but an object', () => {
    expect(() => mappingsOf({ reduce: { events: [{ rabbitmq: 'stock' }] } })).toThrow(
      'Function "reduce": rabbitmq must be an object',
    )
  })

  it.each([
    [{ queue: undefined }, 'queue must be a non-empty string, not undefined'],
    [{ virtualHost: '' }, 'virtualHost must be a non-empty string, not ""'],
    [{ enabled: 'no' }, 'enabled must be true or false, not "no"'],
    [{ arn: { 'Fn::Sub': 'x' } }, 'arn must be an ARN, a Ref or an Fn::ImportValue, not {"Fn::Sub":"x"}'],
    [{ basicAuthArn: undefined }, 'basicAuthArn must be an ARN, a Ref or an Fn::ImportValue, not undefined'],
    [{ filterPatterns: [{ body: ['x'] }] }, 'filterPatterns[0] must hold data alone'],
    [{ maximumRetryAttempts: 3 }, 'maximumRetryAttempts is unknown; it knows arn, basicAuthArn, queue'],
  ])('is refused with function and member: %j', (members, message) => {
    expect(() => readMapping(members)).toThrow(`Function "reduce": rabbitmq.${message}`)
  })
})

describe('sharedQueues', () => {
  it('finds the queue that two functions consume', () => {
    const mappings = mappingsOf({
      first: { events: [rabbitmqEvent()] },
      second: { events: [rabbitmqEvent(), rabbitmqEvent({ queue: 'own' })] },
      third: { events: [rabbitmqEvent({ virtualHost: 'other' })] },
    })

    const shared = sharedQueues(mappings)

    expect(shared).toEqual([{ queue: 'stock', functionKeys: ['first', 'second'] }])
  })
})
