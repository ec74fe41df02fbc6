import type { Channel } from 'amqplib'
import { openChannel } from './broker-connection.ts'
import { sourceQueues, takeDeadLetters } from './read-dead-letters.ts'

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
  try {
    const inspection: QueueInspection = { ready: await countReady(channel), deadLetters: [] }
    for (const queue of sourceQueues) {
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
 * How many messages are ready in the shop's queues together: those that consumers hold aren't among them.
 * @throws Unavailable when the broker can't be reached
 */
export async function countWaiting(): Promise<number> {
  const channel = await openChannel()
  try {
    return Object.values(await countReady(channel)).reduce((sum, count) => sum + count, 0)
  } finally {
    await channel.close()
  }
}

async function countReady(channel: Channel): Promise<Record<string, number>> {
  const ready: Record<string, number> = {}
  for (const queue of sourceQueues) ready[queue] = (await channel.checkQueue(queue)).messageCount
  return ready
}
