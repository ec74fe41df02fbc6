import { copiedOptions } from '@stockroom/messaging/message-copy'
import { type OutboundMessage, publish } from '@stockroom/messaging/publisher'
import type { DeadLetter } from '@stockroom/messaging/read-dead-letters'

/** A letter that its queue has taken, with the names of what could not be published again. */
export interface Redriven {
  letter: DeadLetter
  left: string[]
}

/** So many are confirmed within the time that a publish has. */
const atOnce = 500

/**
 * Publishes the messages of letters to the queues that they came from, as far as they can be published again. The letters
 * stay where they are.
 * @returns those that their queues have taken, and the others
 * @throws Unavailable when the broker can't be reached
 */
export async function redrive(letters: DeadLetter[]): Promise<{ gone: Redriven[]; stayed: DeadLetter[] }> {
  const gone: Redriven[] = []
  const stayed: DeadLetter[] = []
  for (let first = 0; first < letters.length; first += atOnce) {
    const copies = letters.slice(first, first + atOnce).map(copyOf)
    const taken = await publish(copies.map(({ message }) => message))
    // Confirms are told apart by these ids, which somebody else has chosen.
    const unsure = new Set(copies.filter((_, index) => !taken[index]).map(({ letter }) => letter.messageId))
    for (const { letter, message, left } of copies) {
      // One that RabbitMQ refuses closes the channel for all that are under way: each gets a try of its own.
      if (!unsure.has(letter.messageId) || (await isTaken(message))) gone.push({ letter, left })
      else stayed.push(letter)
    }
  }
  return { gone, stayed }
}

async function isTaken(message: OutboundMessage): Promise<boolean> {
  try {
    return (await publish([message])).every(Boolean)
  } catch {
    return false
  }
}

function copyOf(letter: DeadLetter) {
  const { queue, message: published } = letter
  const { properties, content } = published
  const { options, left } = copiedOptions({ ...properties, headers: withoutHistory(properties.headers) })
  const message: OutboundMessage = { exchange: '', routingKey: queue, content, options }
  return { letter, message, left }
}

/** What dead-lettering has added: a redriven message starts anew. */
function withoutHistory(headers: Record<string, unknown> = {}): Record<string, unknown> {
  const added =
    /^x-(death|first-death-.*|last-death-.*|dead-letter-reason|first-failed-at|attempts|delivery-count)$/
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !added.test(name)))
}
