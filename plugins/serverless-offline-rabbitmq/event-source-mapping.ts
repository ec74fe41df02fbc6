import type { FunctionDefinition } from './serverless.ts'

/** A `rabbitmq` event of serverless.yml, checked and with its defaults. */
export type EventSourceMapping = {
  functionKey: string
  queue: string
  virtualHost: string
  batchSize: number
  maximumBatchingWindowSeconds: number
  eventSourceArn: string
  enabled: boolean
}

type Definition = Record<string, unknown>

// https://docs.aws.amazon.com/lambda/latest/dg/services-mq-params.html
const DEFAULT_BATCH_SIZE = 100
const DEFAULT_WINDOW_SECONDS = 0.5

/**
 * Reads the enabled `rabbitmq` events of all functions.
 *
 * A mapping without `virtualHost` takes `defaultVirtualHost`.
 *
 * Throws an Error that names the function and the member when a definition is wrong.
 */
export function readEventSourceMappings(
  functions: Record<string, FunctionDefinition> = {},
  defaultVirtualHost = '/',
): EventSourceMapping[] {
  return Object.entries(functions).flatMap(([functionKey, { events }]) =>
    rabbitmqEvents(events)
      .map((definition) => readMapping(functionKey, definition, defaultVirtualHost))
      .filter((mapping) => mapping.enabled),
  )
}

function rabbitmqEvents(events: unknown[] = []): unknown[] {
  return events
    .filter((event) => typeof event === 'object' && event !== null)
    .flatMap((event) => ('rabbitmq' in event ? [event.rabbitmq] : []))
}

function readMapping(
  functionKey: string,
  definition: unknown,
  defaultVirtualHost: string,
): EventSourceMapping {
  const fail = (member: string, expectation: string): never => {
    throw new Error(`Function "${functionKey}": ${member} must be ${expectation}`)
  }
  if (typeof definition !== 'object' || definition === null) return fail('rabbitmq', 'an object')
  const read = reader(definition as Definition, fail)
  return {
    functionKey,
    queue: read.text('queue'),
    virtualHost: read.text('virtualHost', defaultVirtualHost),
    batchSize: read.integer('batchSize', DEFAULT_BATCH_SIZE, 1, 10_000),
    maximumBatchingWindowSeconds: read.integer('maximumBatchingWindow', DEFAULT_WINDOW_SECONDS, 0, 300),
    eventSourceArn: read.arn('arn'),
    enabled: read.flag('enabled', true),
  }
}

function reader(definition: Definition, fail: (member: string, expectation: string) => never) {
  const wrong = (member: string, expectation: string) =>
    fail(`rabbitmq.${member}`, `${expectation}, not ${JSON.stringify(definition[member])}`)
  return {
    text(member: string, fallback?: string): string {
      const value = definition[member] ?? fallback
      return typeof value === 'string' && value !== '' ? value : wrong(member, 'a non-empty string')
    },
    integer(member: string, fallback: number, least: number, most: number): number {
      const value = definition[member]
      if (value === undefined) return fallback
      const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      return fits ? value : wrong(member, `an integer from ${least} to ${most}`)
    },
    flag(member: string, fallback: boolean): boolean {
      const value = definition[member] ?? fallback
      return typeof value === 'boolean' ? value : wrong(member, 'true or false')
    },
    arn(member: string): string {
      return readArn(definition[member]) ?? wrong(member, 'an ARN, a Ref or an Fn::ImportValue')
    },
  }
}

/** CloudFormation alone knows what a Ref stands for; its name makes a readable placeholder. */
function readArn(arn: unknown): string | undefined {
  if (typeof arn === 'string' && arn !== '') return arn
  if (typeof arn !== 'object' || arn === null) return undefined
  const name = 'Ref' in arn ? arn.Ref : 'Fn::ImportValue' in arn ? arn['Fn::ImportValue'] : undefined
  if (name === undefined) return undefined
  const readable = (typeof name === 'string' ? name : JSON.stringify(name)).replaceAll(/[^\w.-]+/g, '-')
  return `arn:aws:mq:us-east-1:000000000000:broker:${readable}:b-00000000-0000-0000-0000-000000000000`
}
