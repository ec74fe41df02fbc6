import { setTimeout as pause } from 'node:timers/promises'
import middy from '@middy/core'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import { observeInvocation } from '@stockroom/telemetry/observe-invocation'
import { batchSizes, failedBatches } from '@stockroom/telemetry/shop-metrics'
import { tracing } from '@stockroom/telemetry/tracing'
import type { Context } from 'aws-lambda'
import type { Batch } from './batch.ts'
import { logHandled, logReturned } from './batch-log.ts'
import { BatchSpans } from './batch-spans.ts'
import type { EventDefinition, EventOf, ShopEvent } from './events.ts'
import { parseMessage, type Received } from './parse-message.ts'
import { queueOf, type RmqEvent } from './rmq-event.ts'
import { type Delivery, deadLetter, type PoisonMessage, returnToQueues } from './send-dead-letters.ts'

/** A batch of which everything is deferred takes so long at least, so that a queue of nothing else doesn't spin. */
const deferralPauseMs = 250

type Handle<Event> = (batch: Batch<Event>) => Promise<Unhandled<Event> | undefined>

/** What a handler leaves of its batch: everything else is done. */
export interface Unhandled<Event> {
  /** What can never be handled, with the reason. */
  refused?: readonly { message: Received<Event>; reason: string }[]
  /** What has to wait for something that the others needn't wait for. */
  deferred?: readonly Received<Event>[]
}

/**
 * The one Middy chain of all queue consumers. It parses every message by itself. `handle` gets the healthy ones and
 * throws only for what may pass: then the whole batch comes again, as on Lambda. It isn't called for an empty rest.
 * What can't be read and what `handle` refuses goes to the dead letters, with the reason, once the rest is done: so a
 * batch that comes again leaves one dead letter. What `handle` defers goes to the end of its queue.
 *
 * @example
 * export const handler = consumer([orderCreated], async ({ messages }) => { ... })
 */
export function consumer<const Definitions extends readonly EventDefinition[]>(
  definitions: Definitions,
  handle: Handle<EventOf<Definitions[number]>>,
) {
  const chain = middy<RmqEvent, void>()
    .use(thaw())
    .use(secrets())
    .handler(async (event) => {
      const { healthy, poison } = partition<EventOf<Definitions[number]>>(event, definitions)
      const messages = [...healthy.keys()]
      const queue = firstQueueOf(event)
      const unhandled = messages.length > 0 ? await observed({ messages, queue }, handle) : undefined
      const deliveryOf = (message: Received<EventOf<Definitions[number]>>) => healthy.get(message) as Delivery
      const refused = unhandled?.refused ?? []
      await deadLetter([
        ...poison,
        ...refused.map(({ message, reason }) => ({ ...deliveryOf(message), reason })),
      ])
      const deferred = unhandled?.deferred ?? []
      if (deferred.length > 0) await pause((deferralPauseMs * deferred.length) / messages.length)
      await returnToQueues(deferred.map(deliveryOf))
    })
  return async (event: RmqEvent, context: Context): Promise<void> => {
    const { functionName, awsRequestId: requestId } = context
    await observeInvocation({ functionName, requestId }, () =>
      chain(event, context).catch((error) => {
        failedBatches.of(firstQueueOf(event)).add()
        throw error
      }),
    )
  }
}

/** AWS fills a batch from one queue. */
const firstQueueOf = ({ rmqMessagesByQueue }: RmqEvent): string =>
  queueOf(Object.keys(rmqMessagesByQueue)[0] ?? '')

/** Handles a batch, and tells of it in log and traces. */
async function observed<Event extends ShopEvent>(batch: Batch<Event>, handle: Handle<Event>) {
  const spans = tracing && new BatchSpans(batch, tracing)
  const invocation = currentInvocation()
  if (spans && invocation) invocation.traceparent = spans.traceparent
  try {
    const unhandled = await handle(batch)
    spans?.end()
    logHandled(batch)
    return unhandled
  } catch (error) {
    spans?.end(error)
    logReturned(batch, error)
    throw error
  }
}

/** Keeps of each healthy message where it came from. */
function partition<Event>({ rmqMessagesByQueue }: RmqEvent, definitions: readonly EventDefinition[]) {
  const healthy = new Map<Received<Event>, Delivery>()
  const poison: PoisonMessage[] = []
  for (const [key, messages] of Object.entries(rmqMessagesByQueue)) {
    batchSizes.of(queueOf(key)).observe(messages.length)
    for (const message of messages) {
      const delivery = { queue: queueOf(key), message }
      const parsed = parseMessage(message, definitions)
      if ('reason' in parsed) poison.push({ ...delivery, reason: parsed.reason })
      else healthy.set(parsed as Received<Event>, delivery)
    }
  }
  return { healthy, poison }
}
