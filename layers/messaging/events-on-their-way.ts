import type { OutboxEvent } from '@stockroom/database/outbox'
import { outboundMessage } from './outbox-message.ts'
import { sendObserved } from './publish-observed.ts'

/** The broker's answers that are still missing, by the id of the message. */
const missing = new Map<string, Promise<boolean>>()

/**
 * Sends events, and resolves to the broker's answers in their order, as `send` does; but an event that is still on its
 * way isn't sent a second time: its answer is that of the first time.
 * @throws Unavailable while the broker is away, blocks or is behind
 */
export async function sendOnce(events: readonly OutboxEvent[]): Promise<Promise<boolean>[]> {
  const earlier = events.map(({ messageId }) => missing.get(messageId))
  const fresh = events.filter((_, index) => !earlier[index])
  const answers = (await sendObserved(fresh.map(outboundMessage))).values()
  return events.map(
    ({ messageId }, index) => earlier[index] ?? remember(messageId, answers.next().value as Promise<boolean>),
  )
}

function remember(messageId: string, answer: Promise<boolean>): Promise<boolean> {
  missing.set(messageId, answer)
  answer.finally(() => missing.delete(messageId))
  return answer
}
