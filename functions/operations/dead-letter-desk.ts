import { openChannel } from '@stockroom/messaging/broker-connection'
import { sourceQueues, takeDeadLetters } from '@stockroom/messaging/read-dead-letters'
import { deadLetterQueue } from '@stockroom/messaging/topology'
import type { ConfirmChannel } from 'amqplib'
import type { ChosenLetters, DeadLetters, DealtLetters } from './dead-letter.ts'
import { outcomeOf } from './dead-letter-commands.ts'

const shownOfQueue = 100
const shownCharacters = 4000

/**
 * Looks at the dead letters and leaves them where they are.
 * @throws Unavailable when the broker can't be reached
 */
export function lookAtDeadLetters(): Promise<DeadLetters> {
  return withChannel(async (channel) => {
    const shown: DeadLetters = { total: 0, letters: [] }
    for (const queue of sourceQueues) {
      shown.total += (await channel.checkQueue(deadLetterQueue(queue))).messageCount
      for (const letter of await takeDeadLetters(channel, queue, shownOfQueue)) {
        const { messageId, type, reason, firstFailedAt = null, attempts = null, body } = letter
        const start = body.slice(0, shownCharacters)
        shown.letters.push({ queue, messageId, type, reason, firstFailedAt, attempts, body: start })
      }
    }
    return shown
  })
}

/**
 * Puts chosen dead letters back into their queue, or away for good.
 * @throws Unavailable when the broker can't be reached
 */
export function dealWithDeadLetters(
  command: 'redrive' | 'discard',
  { queue, messageIds }: ChosenLetters,
): Promise<DealtLetters> {
  return withChannel(async (channel) => {
    const request = { command, ids: new Set(messageIds), all: false, queues: [queue], json: true }
    const { done, stayed, problems } = await outcomeOf(request, channel)
    return {
      done: done.map(({ letter }) => letter.messageId),
      stayed: stayed.map(({ messageId }) => messageId),
      problems,
    }
  })
}

/** What a channel holds goes back to its queue when it closes. */
async function withChannel<Result>(work: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> {
  const channel = await openChannel()
  try {
    return await work(channel)
  } finally {
    // What made the work fail may have closed it already.
    await channel.close().catch(() => {})
  }
}
