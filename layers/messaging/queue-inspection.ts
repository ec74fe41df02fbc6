import { openChannel } from './broker-connection.ts'
import { sourceQueues, takeDeadLetters } from './dead-letters.ts'
import { deadLetterQueue } from './topology.ts'

/** What waits in the shop's queues. */
export interface QueueInspection {
  /** Messages that are ready to be delivered, by queue. */
  ready: Record<string, number>
  deadLetters: { queue: string; messageId: string; reason: string; body: string }[]
}

/**
 * Looks into the queues of the shop and leaves everything as it was.
 * @throws Unavailable when the broker can't be reached
 */
export async function inspectQueues(): Promise<QueueInspection> {
  const channel = await openChannel()
  const inspection: QueueInspection = { ready: {}, deadLetters: [] }
  try {
    for (const queue of sourceQueues) {
      inspection.ready[queue] = (await channel.checkQueue(queue)).messageCount
      const letters = await takeDeadLetters(channel, queue)
      inspection.deadLetters.push(
        ...letters.map(({ messageId, reason, body }) => ({ queue, messageId, reason, body })),
      )
    }
    return inspection
  } finally {
    await channel.close()
  }
}

/**
 * Counts the messages that no consumer could handle, without taking any.
 * @throws Unavailable when the broker can't be reached
 */
export async function countDeadLetters(): Promise<number> {
  const channel = await openChannel()
  try {
    const counts: number[] = []
    for (const queue of sourceQueues) {
      counts.push((await channel.checkQueue(deadLetterQueue(queue))).messageCount)
    }
    return counts.reduce((sum, count) => sum + count, 0)
  } finally {
    await channel.close()
  }
}
