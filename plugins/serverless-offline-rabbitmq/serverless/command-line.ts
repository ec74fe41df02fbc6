import type { CommandLineOptions } from './serverless.ts'

type Flag = {
  option: string
  usage: string
  type: 'string' | 'boolean' | 'multiple'
  /** Makes of what was typed what the option holds. */
  read(typed: unknown): unknown
}

// What is no number stays as it was typed, so that the refusal can show it.
const toNumber = (typed: unknown) => (/^\d+$/.test(String(typed)) ? Number(typed) : typed)
const asTyped = (typed: unknown) => typed
/** `name=value`, as often as wanted. */
const toMap = (typed: unknown) =>
  Object.fromEntries(
    [typed].flat().map((pair) => {
      const [name = '', ...value] = String(pair).split('=')
      return [name, value.join('=')]
    }),
  )

const FLAGS: Record<string, Flag> = {
  rabbitmq: {
    option: 'enabled',
    usage: 'Poll the RabbitMQ queues; --no-rabbitmq leaves them alone. Default: true.',
    type: 'boolean',
    read: asTyped,
  },
  rabbitmqUrl: {
    option: 'url',
    usage: 'The broker. Default: RABBITMQ_URL, else amqp://localhost:5672.',
    type: 'string',
    read: asTyped,
  },
  rabbitmqBroker: {
    option: 'brokers',
    usage: 'The broker of one ARN, as <arn>=<url>. May be repeated.',
    type: 'multiple',
    read: toMap,
  },
  rabbitmqReference: {
    option: 'references',
    usage: 'The value of a Ref or Fn::ImportValue, as <name>=<value>. May be repeated.',
    type: 'multiple',
    read: toMap,
  },
  rabbitmqConcurrency: {
    option: 'concurrency',
    usage: 'Batches of one mapping that run at the same time. Default: 1, as on AWS.',
    type: 'string',
    read: toNumber,
  },
  rabbitmqBatchingWindowMs: {
    option: 'batchingWindowMs',
    usage: 'Milliseconds that a batch is collected for. Default: the maximumBatchingWindow of its mapping.',
    type: 'string',
    read: toNumber,
  },
  rabbitmqRetryPauseMs: {
    option: 'retryPauseMs',
    usage: 'Milliseconds before a failed batch returns to its queue. Default: 1000.',
    type: 'string',
    read: toNumber,
  },
  rabbitmqStartUpWaitMs: {
    option: 'startUpWaitMs',
    usage: 'Milliseconds that the start waits for brokers and queues. Default: 10000.',
    type: 'string',
    read: toNumber,
  },
  rabbitmqDeclareQueues: {
    option: 'declareQueues',
    usage: 'Declare missing queues as durable quorum queues. Default: false.',
    type: 'boolean',
    read: asTyped,
  },
}

/** The flags as Serverless wants them in a command's `options`. */
export const commandLineFlags = Object.fromEntries(
  Object.entries(FLAGS).map(([flag, { usage, type }]) => [flag, { usage, type }]),
)

/** Options of serverless-offline for running functions, which a command without it needs too. */
export const runnerFlags = {
  useInProcess: { usage: 'Run the functions in this process.', type: 'boolean' },
  noTimeout: { usage: 'Let functions run longer than their timeout.', type: 'boolean' },
}

/** The options that the command line sets, and the flag of each. */
export function commandLineSettings(commandLine: CommandLineOptions) {
  const given = Object.entries(FLAGS).filter(([flag]) => (commandLine[flag] ?? undefined) !== undefined)
  return {
    values: Object.fromEntries(given.map(([flag, { option, read }]) => [option, read(commandLine[flag])])),
    flagOf: (option: string) => `--${given.find(([, flag]) => flag.option === option)?.[0]}`,
  }
}
