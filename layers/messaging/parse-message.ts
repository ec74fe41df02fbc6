import { isRequestId } from '@stockroom/runtime/invocation'
import { acceptedTraceparent } from '@stockroom/runtime/trace-context'
import { type EventDefinition, schemaVersion } from './events.ts'
import { shown } from './foreign-text.ts'
import { headerValue, type RmqMessage } from './rmq-event.ts'

/** An event as a consumer gets it. */
export type Received<Event> = Event & {
  messageId: string | undefined
  /** The request id that the event follows from; undefined for what can't be one. */
  correlationId: string | undefined
  /** The place in a trace that what follows from the event belongs under; undefined for what can't be one. */
  traceparent: string | undefined
}

/** No event comes near it, and parsing more would hold everything else up. */
const mostBytes = 256 * 1024
const longestData = Math.ceil(mostBytes / 3) * 4

/** Why a message can never be handled, in words for the person who finds it among the dead letters. */
export interface Unreadable {
  reason: string
}

/**
 * Reads one message as one of the events in `definitions`. The AMQP property `type` names the event; where it is
 * absent and there is only one candidate, that one is meant.
 */
export function parseMessage(
  message: RmqMessage,
  definitions: readonly EventDefinition[],
): Received<unknown & object> | Unreadable {
  const { type, headers, messageId, correlationId } = message.basicProperties
  const version = shown(headerValue(headers?.['schema-version'] ?? schemaVersion))
  if (version !== String(schemaVersion)) return { reason: `unknown schema-version ${version}` }

  const definition = definitionOf(type, definitions)
  if (!definition) return { reason: `unknown event ${shown(type ?? '(no type)')}` }
  if (message.data.length > longestData) return { reason: `larger than ${mostBytes} bytes` }

  const body = parseJson(message.data)
  if (body === undefined) return { reason: 'not JSON' }
  if (!definition.isBody(body)) return { reason: `not the shape of ${definition.name}` }
  return {
    name: definition.name,
    body,
    messageId: messageId ?? undefined,
    correlationId: isRequestId(correlationId) ? correlationId : undefined,
    traceparent: acceptedTraceparent(headerValue(headers?.traceparent)),
  } as Received<object>
}

function definitionOf(type: string | null, definitions: readonly EventDefinition[]) {
  if (!type && definitions.length === 1) return definitions[0]
  return definitions.find(({ name }) => name === type)
}

function parseJson(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
  } catch {
    return undefined
  }
}
