interface Functions {
  [name: string]: { events?: { rabbitmq?: { queue: string } }[] }
}

interface Metric {
  Id: string
  MetricStat?: { Metric: { Dimensions: Dimension[] } }
}
interface Dimension {
  Name: string
  Value: unknown
}
interface Alarm {
  Properties: { Metrics: Metric[] }
}

/** What stands in the files beside this one. */
export interface Stack {
  Resources: { ConsumerErrorsAlarm: Alarm; DeadLettersAlarm: Alarm }
  extensions?: Record<string, object>
}

interface Consumer {
  name: string
  queue: string
}

/**
 * Completes what the stack has for its consumers: the mapping of each waits for the migration, which declares its queue, and the
 * alarms of errors and of dead letters have a metric for each. The last metric that stands in such an alarm is the model of these.
 */
export function completeConsumers(functions: Functions, stack: Stack): void {
  const consumers = consumersOf(functions)
  const waiting = consumers.map((consumer) => [mappingOf(consumer), { DependsOn: ['Migration'] }])
  stack.extensions = { ...stack.extensions, ...Object.fromEntries(waiting) }
  const { ConsumerErrorsAlarm, DeadLettersAlarm } = stack.Resources
  watch(ConsumerErrorsAlarm, consumers, ({ name }) => ({
    Name: 'FunctionName',
    Value: { Ref: `${capital(name)}LambdaFunction` },
  }))
  watch(DeadLettersAlarm, consumers, ({ queue }) => ({ Name: 'queue', Value: queue }))
}

const consumersOf = (functions: Functions): Consumer[] =>
  Object.entries(functions).flatMap(([name, { events = [] }]) =>
    events.flatMap(({ rabbitmq }) => (rabbitmq ? [{ name, queue: rabbitmq.queue }] : [])),
  )

/** The name that osls gives a mapping. */
const mappingOf = ({ name, queue }: Consumer) =>
  `${capital(name)}EventSourceMappingRabbitMQ${capital(queue.replaceAll(/[^\dA-Za-z]/g, ''))}`

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function watch({ Properties }: Alarm, consumers: Consumer[], dimensionOf: (consumer: Consumer) => Dimension) {
  const { MetricStat, ...model } = Properties.Metrics.pop() as Metric & {
    MetricStat: { Metric: { Dimensions: Dimension[] } }
  }
  for (const consumer of consumers) {
    const Dimensions = [...MetricStat.Metric.Dimensions, dimensionOf(consumer)]
    const metric = { ...MetricStat, Metric: { ...MetricStat.Metric, Dimensions } }
    Properties.Metrics.push({ ...model, Id: consumer.name, MetricStat: metric })
  }
}
