import middy from '@middy/core'
import { runInvocation } from '@stockroom/runtime/invocation'
import { secrets } from '@stockroom/runtime/secrets'
import { thaw } from '@stockroom/runtime/thaw'
import type { Context } from 'aws-lambda'
import { deadLetter, type PoisonMessage } from './dead-letter.ts'
import type { EventDefinition, EventOf } from './events.ts'
import { parseMessage, type Received } from './parse-message.ts'
import { queueOf, type RmqEvent } from './rmq-event.ts'

/** What a consumer's handler gets: the healthy messages of the batch, in the order of delivery. */
export interface Batch<Event> {
  messages: Received<Event>[]
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
      if (batch.messages.length > 0) await handle(batch)
    })
  return (event: RmqEvent, context: Context): Promise<void> =>
    runInvocation({ requestId: context.awsRequestId }, () => chain(event as never, context))
}

const keepHealthyMessages = (definitions: readonly EventDefinition[]): middy.MiddlewareObj => ({
  async before(request) {
    const { healthy, poison } = sort(request.event as RmqEvent, definitions)
    await deadLetter(poison)
    request.event = { messages: healthy }
  },
})

function sort({ rmqMessagesByQueue }: RmqEvent, definitions: readonly EventDefinition[]) {
  const healthy: Received<unknown>[] = []
  const poison: PoisonMessage[] = []
  for (const [key, messages] of Object.entries(rmqMessagesByQueue)) {
    for (const message of messages) {
      const parsed = parseMessage(message, definitions)
      if ('reason' in parsed) poison.push({ queue: queueOf(key), message, reason: parsed.reason })
      else healthy.push(parsed)
    }
  }
  return { healthy, poison }
}
