import middy from '@middy/core'
import { currentInvocation, runInvocation } from '@stockroom/runtime/invocation'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import { newTraceparent } from '@stockroom/runtime/trace-context'
import { flushBeforeFreeze } from '@stockroom/telemetry/before-freeze'
import { batchSizes } from '@stockroom/telemetry/shop-metrics'
import { tracing } from '@stockroom/telemetry/tracing'
import type { Context } from 'aws-lambda'
import { logHandled, logReturned } from './batch-log.ts'
import { BatchSpans } from './batch-spans.ts'
import { deadLetter, type PoisonMessage } from './dead-letter.ts'
import type { EventDefinition, EventOf, ShopEvent } from './events.ts'
import { parseMessage, type Received } from './parse-message.ts'
import { queueOf, type RmqEvent } from './rmq-event.ts'

/** What a consumer's handler gets: the healthy messages of the batch, in the order of delivery. */
export interface Batch<Event> {
  messages: Received<Event>[]
  /** The queue that they came from. */
  queue: string
}

/**
 * The one Middy chain of all queue consumers. It parses every message by itself; one that can never be handled goes
 * to its dead-letter queue, with the reason, and delays nobody. `handle` gets the rest and throws only for what may
 * pass: then the whole batch comes again, as on Lambda. It isn't called for an empty rest.
 *
 * @example
 * export const handler = consumer([orderCreated], async ({ messages }) => { ... })
 */
export function consumer<const Definitions extends readonly EventDefinition[]>(
  definitions: Definitions,
  handle: (batch: Batch<EventOf<Definitions[number]>>) => Promise<void>,
) {
  const chain = middy<Batch<EventOf<Definitions[number]>>, void>()
    .use(thaw())
    .use(secrets())
    .use(keepHealthyMessages(definitions))
    .handler(async (batch) => {
      if (batch.messages.length > 0) await observed(batch, handle)
    })
  return async (event: RmqEvent, context: Context): Promise<void> => {
    const { functionName, awsRequestId: requestId } = context
    try {
      await runInvocation({ functionName, requestId, traceparent: newTraceparent() }, () =>
        chain(event as never, context),
      )
    } finally {
      if (flushBeforeFreeze) await flushBeforeFreeze()
    }
  }
}

/** Handles a batch, and tells of it in log and traces. */
async function observed<Event extends ShopEvent>(
  batch: Batch<Event>,
  handle: (batch: Batch<Event>) => Promise<void>,
): Promise<void> {
  const spans = tracing && new BatchSpans(batch, tracing)
  const invocation = currentInvocation()
  if (spans && invocation) invocation.traceparent = spans.traceparent
  try {
    await handle(batch)
    spans?.end()
    logHandled(batch)
  } catch (error) {
    spans?.end(error)
    logReturned(batch, error)
    throw error
  }
}

const keepHealthyMessages = (definitions: readonly EventDefinition[]): middy.MiddlewareObj => ({
  async before(request) {
    const event = request.event as RmqEvent
    const { healthy, poison } = sort(event, definitions)
    await deadLetter(poison)
    request.event = { messages: healthy, queue: queueOf(Object.keys(event.rmqMessagesByQueue)[0] ?? '') }
  },
})

function sort({ rmqMessagesByQueue }: RmqEvent, definitions: readonly EventDefinition[]) {
  const healthy: Received<unknown>[] = []
  const poison: PoisonMessage[] = []
  for (const [key, messages] of Object.entries(rmqMessagesByQueue)) {
    batchSizes.of(queueOf(key)).observe(messages.length)
    for (const message of messages) {
      const parsed = parseMessage(message, definitions)
      if ('reason' in parsed) poison.push({ queue: queueOf(key), message, reason: parsed.reason })
      else healthy.push(parsed)
    }
  }
  return { healthy, poison }
}
