import { describe, expect, it } from '@jest/globals'
import { completeConsumers, type Stack } from './consumers.ts'

const functions = {
  createMug: { events: [{ httpApi: 'POST /mugs' }] as object[] },
  glazeMug: { events: [{ rabbitmq: { queue: 'mugs-to-glaze' } }] },
  authorize: {},
}
const alarm = (Dimensions: { Name: string; Value: string }[]) => ({
  Properties: {
    Metrics: [
      { Id: 'all' },
      { Id: 'each', ReturnData: false, MetricStat: { Metric: { Dimensions }, Stat: 'Sum' } },
    ],
  },
})

describe('completeConsumers', () => {
  const stack: Stack = {
    Resources: {
      ConsumerErrorsAlarm: alarm([]),
      DeadLettersAlarm: alarm([{ Name: 'service', Value: 'mugs' }]),
    },
    extensions: { Stage: {} },
  }
  completeConsumers(functions, stack)

  it('lets the mapping of every consumer wait for the migration', () => {
    expect(stack.extensions).toEqual({
      Stage: {},
      GlazeMugEventSourceMappingRabbitMQMugstoglaze: { DependsOn: ['Migration'] },
    })
  })

  it('has the alarms watch every consumer', () => {
    const { ConsumerErrorsAlarm, DeadLettersAlarm } = stack.Resources
    const watching = (Dimensions: object[]) => [
      { Id: 'all' },
      { Id: 'glazeMug', ReturnData: false, MetricStat: { Metric: { Dimensions }, Stat: 'Sum' } },
    ]

    expect(ConsumerErrorsAlarm.Properties.Metrics).toEqual(
      watching([{ Name: 'FunctionName', Value: { Ref: 'GlazeMugLambdaFunction' } }]),
    )
    expect(DeadLettersAlarm.Properties.Metrics).toEqual(
      watching([
        { Name: 'service', Value: 'mugs' },
        { Name: 'queue', Value: 'mugs-to-glaze' },
      ]),
    )
  })
})
