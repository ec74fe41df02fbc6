import { describe, expect, it, jest } from '@jest/globals'
import { FakeAmqplib } from '@onify/fake-amqplib'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { arn, basicAuthArn, mappingsOf, rabbitmqEvent, readMapping } from '../fixtures/rabbitmq-events.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { deploymentWarnings } from '../mapping/deployment-warnings.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import { Emulator } from '../polling/emulator.ts'
import { eventually } from '../tests/eventually.ts'

describe(documentedAs('Event source ARN'), () => {
  it.each([[arn], [{ Ref: 'BrokerArn' }], [{ 'Fn::ImportValue': 'BrokerArn' }]])(
    'is the Amazon Resource Name of the broker, or what stands for it in the options: %j',
    (named) => {
      const mapping = readMapping({ arn: named }, { references: { BrokerArn: arn } })

      expect(mapping.eventSourceArn).toBe(arn)
    },
  )

  it.each([
    [{ Ref: 'BrokerArn' }, 'BrokerArn'],
    [{ 'Fn::ImportValue': 'shop:broker arn' }, 'shop-broker-arn'],
  ])('is, where the options know nothing, a placeholder with the name: %j', (reference, name) => {
    expect(readMapping({ arn: reference }).eventSourceArn).toBe(
      `arn:aws:mq:us-east-1:000000000000:broker:${name}:b-00000000-0000-0000-0000-000000000000`,
    )
  })
})

describe(documentedAs('Credentials'), () => {
  it.each<[string, unknown]>([
    [basicAuthArn, basicAuthArn],
    ['BrokerSecret', { Ref: 'BrokerSecret' }],
  ])('are those of the secret that BASIC_AUTH names: %s', (name, reference) => {
    const credentials = { [name]: { username: 'shop', password: 'p@ss/word' } }

    const mapping = readMapping(
      { basicAuthArn: reference },
      { url: 'amqp://guest:guest@localhost:5672/x', credentials },
    )

    expect(mapping.brokerUrl).toBe('amqp://shop:p%40ss%2Fword@localhost:5672/x')
  })
})

describe(documentedAs('Virtual host'), () => {
  it('is the one that VIRTUAL_HOST names, whatever the URL here says', () => {
    const { virtualHost } = readMapping({ virtualHost: 'shop' }, { url: 'amqp://localhost/tests' })

    expect(virtualHost).toBe('shop')
  })

  it('is "/" without it; one that the URL here names is polled with a warning', () => {
    const [without, other] = ['amqp://localhost', 'amqp://localhost/tests'].map((url) =>
      readMapping({}, { url }),
    ) as [EventSourceMapping, EventSourceMapping]

    expect(without.virtualHost).toBe('/')
    expect(deploymentWarnings([without])).toEqual([])
    expect(other.virtualHost).toBe('tests')
    expect(deploymentWarnings([other])).toEqual([expect.stringContaining('without virtualHost it polls "/"')])
  })
})

describe(documentedAs('`enabled: false`'), () => {
  it('is true by default, and pauses polling when it is false', () => {
    expect(readMapping({}).enabled).toBe(true)
    expect(mappingsOf({ reduce: { events: [rabbitmqEvent({ enabled: false })] } })).toEqual([])
  })
})

describe(documentedAs('Several queues'), () => {
  it('of one function have a mapping each, since a mapping consumes one queue', () => {
    const events = ['first', 'second'].map((queue) => rabbitmqEvent({ queue }))

    const mappings = mappingsOf({ reduce: { events } })

    expect(mappings.map(({ functionKey, queue }) => [functionKey, queue])).toEqual([
      ['reduce', 'first'],
      ['reduce', 'second'],
    ])
  })

  it('of one broker feed several functions, over one connection', async () => {
    const client = new FakeAmqplib('3.7')
    const connect = jest.spyOn(client, 'connect')
    const url = 'amqp://several.invalid'
    const seen: string[] = []
    const names = ['first', 'second']
    const channel = await (await client.connect(url)).createChannel()
    for (const name of names) await channel.assertQueue(name)
    connect.mockClear()
    const emulator = new Emulator({
      mappings: names.map((name) => ({
        ...readMapping({ queue: name, maximumBatchingWindow: 0 }, { url }),
        functionKey: name,
      })),
      client: client as never,
      invoke: async ({ functionKey, queue }) => seen.push(`${functionKey} ${queue}`),
      log: silentLog(),
    })

    await emulator.start()
    for (const name of names) channel.sendToQueue(name, Buffer.from('x'))
    await eventually(() => seen.length === 2)
    await emulator.stop()

    expect(seen.sort()).toEqual(['first first', 'second second'])
    expect(connect).toHaveBeenCalledTimes(1)
  })
})

describe(documentedAs('The same queue twice'), () => {
  it('for one function is refused, as ResourceConflictException says: the resource already exists', () => {
    const twice = { reduce: { events: [rabbitmqEvent(), rabbitmqEvent()] } }

    expect(() => mappingsOf(twice)).toThrow(
      'Function "reduce": queue "stock" is mapped twice, which Lambda refuses',
    )
  })
})
