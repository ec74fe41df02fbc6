import { virtualHostOf, withCredentials } from '../broker/broker-address.ts'
import { timeoutSecondsOf } from '../polling/function-timeout.ts'
import type { FunctionDefinition, Service } from '../serverless/serverless.ts'
import { compileFilter, type MessageFilter } from './filter-pattern.ts'
import { type Definition, type DefinitionReader, definitionReader } from './mapping-definition.ts'
import type { Options } from './options.ts'
import { placeholderOf } from './reference.ts'

/** A `rabbitmq` event of serverless.yml, checked and with its defaults. */
export type EventSourceMapping = {
  functionKey: string
  queue: string
  virtualHost: string
  /** Where the mapping connects to, with its credentials. */
  brokerUrl: string
  batchSize: number
  /** From the first message of a batch. */
  batchingWindowMs: number
  eventSourceArn: string
  enabled: boolean
  /** What the definition itself says, and a deployment reads. */
  declared: { maximumBatchingWindow?: number; virtualHost?: string }
  /** Absent when every message passes. */
  passes?: MessageFilter
  /** How long one invocation of the function may take. */
  timeoutSeconds: number
}

type LocalSettings = Pick<Options, 'url' | 'brokers' | 'references' | 'credentials' | 'batchingWindowMs'>

// https://docs.aws.amazon.com/lambda/latest/dg/services-mq-params.html
const DEFAULT_BATCH_SIZE = 100
const DEFAULT_WINDOW_SECONDS = 0.5

/**
 * Reads the enabled `rabbitmq` events of all functions, with what `options` says about ARNs and brokers.
 *
 * A mapping without `virtualHost` takes the one of its broker URL.
 *
 * Throws an Error that names the function and the member when a definition is wrong, or the same twice.
 */
export function readEventSourceMappings(
  { functions = {}, provider }: Pick<Service, 'functions' | 'provider'>,
  options: LocalSettings,
): EventSourceMapping[] {
  const mappings = Object.entries(functions).flatMap(([functionKey, definition]) =>
    rabbitmqEvents(definition).map((event) => {
      const read = definitionReader(functionKey, event)
      return {
        functionKey,
        timeoutSeconds: timeoutSecondsOf(definition, provider),
        ...members(read, options),
      }
    }),
  )
  refuseTwins(mappings)
  return mappings.filter((mapping) => mapping.enabled)
}

/** The queues that more than one function consumes, each with its functions. */
export function sharedQueues(mappings: EventSourceMapping[]): { queue: string; functionKeys: string[] }[] {
  const byQueue = Map.groupBy(mappings, ({ brokerUrl, virtualHost, queue }) =>
    JSON.stringify([brokerUrl, virtualHost, queue]),
  )
  return [...byQueue.values()]
    .filter(({ length }) => length > 1)
    .map((its) => ({
      queue: its[0]?.queue ?? '',
      functionKeys: its.map(({ functionKey }) => functionKey),
    }))
}

function rabbitmqEvents({ events = [] }: FunctionDefinition): Definition[] {
  return events
    .filter((event) => typeof event === 'object' && event !== null)
    .flatMap((event) => ('rabbitmq' in event ? [event.rabbitmq as Definition] : []))
}

function members(read: DefinitionReader, options: LocalSettings) {
  const queue = read.text('queue')
  const broker = read.reference('arn')
  const secret = read.reference('basicAuthArn')
  const brokerUrl = brokerUrlOf(broker, secret, options)
  const virtualHost = read.optionalText('virtualHost')
  const maximumBatchingWindow = read.integer('maximumBatchingWindow', undefined, 0, 300)
  return {
    queue,
    virtualHost: virtualHost ?? virtualHostOf(brokerUrl),
    brokerUrl,
    batchSize: read.integer('batchSize', DEFAULT_BATCH_SIZE, 1, 10_000),
    batchingWindowMs: options.batchingWindowMs ?? (maximumBatchingWindow ?? DEFAULT_WINDOW_SECONDS) * 1000,
    eventSourceArn: options.references[broker.name] ?? broker.literal ?? placeholderOf(broker.name),
    enabled: read.flag('enabled', true),
    declared: { maximumBatchingWindow, virtualHost },
    ...read.optional('filterPatterns', (patterns) => ({ passes: compileFilter(patterns) })),
  }
}

type Reference = ReturnType<DefinitionReader['reference']>

/** What a map of the options says about an ARN: under its value, or under the name of the reference to it. */
function localValueOf<V>(
  { name }: Reference,
  map: Record<string, V>,
  { references }: LocalSettings,
): V | undefined {
  const value = references[name]
  return map[name] ?? (value === undefined ? undefined : map[value])
}

function brokerUrlOf(broker: Reference, secret: Reference, options: LocalSettings): string {
  const url = localValueOf(broker, options.brokers, options) ?? options.url
  const credentials = localValueOf(secret, options.credentials, options)
  return credentials ? withCredentials(url, credentials) : url
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html (ResourceConflictException) */
function refuseTwins(mappings: EventSourceMapping[]): void {
  const seen = new Set<string>()
  for (const { functionKey, queue, virtualHost, eventSourceArn } of mappings) {
    const identity = JSON.stringify([functionKey, queue, virtualHost, eventSourceArn])
    if (seen.has(identity)) {
      throw new Error(`Function "${functionKey}": queue "${queue}" is mapped twice, which Lambda refuses`)
    }
    seen.add(identity)
  }
}
