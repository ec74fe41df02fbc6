import { type Credentials, isBrokerUrl } from '../broker/broker-address.ts'
import type { BrokerClient } from '../broker/broker-connection.ts'
import type { QueueDeclarations } from '../broker/queue-declaration.ts'
import type { Pauses } from '../polling/waiting.ts'
import { commandLineSettings } from '../serverless/command-line.ts'
import type { CommandLineOptions, Serverless } from '../serverless/serverless.ts'

/** What `custom.serverless-offline-rabbitmq` may hold; every member has a default. */
export type Options = {
  /** Whether queues are polled at all. Default: true. */
  enabled: boolean
  /** The broker of every mapping that `brokers` doesn't name. Default: RABBITMQ_URL, else amqp://localhost:5672. */
  url: string
  /** Broker URLs by the ARN of the broker, or by the name of the `Ref` or `Fn::ImportValue` that stands for it. */
  brokers: Record<string, string>
  /** Local values of a `Ref` or `Fn::ImportValue`, by its name. */
  references: Record<string, string>
  /** User and password by `basicAuthArn`, or by the name of the reference that stands for it. */
  credentials: Record<string, Credentials>
  /** Batches of one mapping that run at the same time. Default: 1, as on AWS. */
  concurrency: number
  /**
   * Milliseconds that every mapping collects a batch for, from its first message. Default: the mapping's
   * `maximumBatchingWindow`, which AWS counts in seconds, else AWS's 500 ms.
   */
  batchingWindowMs?: number
  /** Milliseconds before a failed batch returns to its queue, doubling up to sixty times as long. Default: 1000. */
  retryPauseMs: number
  /** Milliseconds that the start waits for brokers and queues. Default: 10,000. */
  startUpWaitMs: number
  /**
   * Which missing queues are declared: none, those that functions consume as quorum queues, or those named, with their
   * arguments, that functions consume or that take the dead letters of such. Default: false.
   */
  declareQueues: boolean | QueueDeclarations
  /** Default: amqplib. Set by another plugin, since YAML can't hold it. */
  client?: BrokerClient
}

type Check = { expectation: string; accepts(value: unknown): boolean }

export const SECTION = 'serverless-offline-rabbitmq'
const LONGEST_RETRY_PAUSE = 60

const DEFAULTS = {
  enabled: true,
  url: 'amqp://localhost:5672',
  brokers: {},
  references: {},
  credentials: {},
  concurrency: 1,
  retryPauseMs: 1000,
  startUpWaitMs: 10_000,
  declareQueues: false,
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isFlag = (value: unknown) => typeof value === 'boolean'
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapOf = (accepts: (value: unknown) => boolean) => (value: unknown) =>
  isObject(value) && Object.values(value).every(accepts)

const integer = (least: number, most: number): Check => ({
  expectation: `an integer from ${least} to ${most}`,
  accepts: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
})

const CHECKS: { [Name in keyof Options]-?: Check } = {
  enabled: { expectation: 'true or false', accepts: isFlag },
  url: { expectation: 'a URL such as amqp://user:password@host:5672/virtual-host', accepts: isBrokerUrl },
  brokers: { expectation: 'an object of ARNs with broker URLs', accepts: mapOf(isBrokerUrl) },
  references: { expectation: 'an object of names with their values', accepts: mapOf(isText) },
  credentials: {
    expectation: 'an object of ARNs with { username, password }',
    accepts: mapOf((value) => isObject(value) && isCredentials(value)),
  },
  concurrency: integer(1, 100),
  batchingWindowMs: integer(0, 300_000),
  retryPauseMs: integer(0, 900_000),
  startUpWaitMs: integer(0, 900_000),
  declareQueues: {
    expectation: 'true, false or an object of queues with their arguments',
    accepts: (value) => isFlag(value) || mapOf(isObject)(value),
  },
  client: {
    expectation: "an object with amqplib's connect",
    accepts: (value) => isObject(value) && 'connect' in value,
  },
}

// Values of these may hold a password.
const SECRETS: (keyof Options)[] = ['url', 'brokers', 'credentials', 'client']

/**
 * Reads the options at the time of the call, so that other plugins can set them in an earlier hook. The command line
 * wins over serverless.yml.
 *
 * Throws an Error that names the option when one is unknown or wrong.
 */
export function readOptions(
  { service }: Pick<Serverless, 'service'>,
  commandLine: CommandLineOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
): Options {
  const configured = checked(service.custom?.[SECTION] ?? {}, (name) => `custom.${SECTION}.${name}`)
  const { values, flagOf } = commandLineSettings(commandLine)
  const commanded = checked(values, flagOf)
  const url = commanded.url ?? configured.url ?? (environment.RABBITMQ_URL || DEFAULTS.url)
  checked({ url }, () => 'RABBITMQ_URL')
  const brokers = { ...configured.brokers, ...commanded.brokers }
  const references = { ...configured.references, ...commanded.references }
  return { ...DEFAULTS, ...configured, ...commanded, url, brokers, references }
}

/** The pauses before a failed batch returns to its queue, which `retryPauseMs` asks for. */
export function retryPauses({ retryPauseMs }: Pick<Options, 'retryPauseMs'>): Pauses {
  return { firstMs: retryPauseMs, longestMs: retryPauseMs * LONGEST_RETRY_PAUSE }
}

/** The options that are set, each of which is known and right. */
function checked(options: unknown, nameOf: (option: string) => string): Partial<Options> {
  if (!isObject(options)) throw new Error(`custom.${SECTION} must be an object`)
  const set = Object.entries(options).filter(([, value]) => ![undefined, null, ''].includes(value))
  for (const [option, value] of set) check(option, value, nameOf(option))
  return Object.fromEntries(set)
}

function check(option: string, value: unknown, name: string): void {
  if (!Object.hasOwn(CHECKS, option)) {
    throw new Error(`${name} is unknown; the options are ${Object.keys(CHECKS).join(', ')}`)
  }
  const { expectation, accepts } = CHECKS[option as keyof Options]
  if (accepts(value)) return
  const shown = SECRETS.includes(option as keyof Options) ? '' : `, not ${JSON.stringify(value)}`
  throw new Error(`${name} must be ${expectation}${shown}`)
}

function isCredentials(value: object): boolean {
  return (
    Object.keys(value).sort().join() === 'password,username' &&
    Object.values(value).every((part) => typeof part === 'string')
  )
}
