import { log } from '@stockroom/runtime/logger'
import { traceIdOf } from '@stockroom/runtime/trace-context'
import type { Batch } from './batch.ts'
import type { ShopEvent } from './events.ts'
import { printable } from './foreign-text.ts'
import type { Received } from './parse-message.ts'

/** Orders that one line names at most. */
const named = 20

/** Notes each message of a batch, with the order, the request and the trace that it belongs to. */
export function logHandled({ queue, messages }: Batch<ShopEvent>): void {
  if (!log.isLevelEnabled('debug')) return
  for (const message of messages) log.debug({ queue, ...identity(message) }, `${message.name} handled`)
}

/** Notes that a batch comes again, and which orders wait for that. */
export function logReturned({ queue, messages }: Batch<ShopEvent>, error: unknown): void {
  const batch = messages.slice(0, named).map(identity)
  log.warn({ err: error, queue, messages: messages.length, batch }, 'the batch comes again')
}

function identity({ body, messageId, correlationId: requestId, traceparent }: Received<ShopEvent>) {
  const { orderId } = body as { orderId?: number }
  const traceId = traceparent && traceIdOf(traceparent)
  return { orderId, requestId, traceId, messageId: messageId && printable(messageId) }
}
