import { openChannel } from './broker-connection.ts'
import { deadLetterQueue, queues } from './topology.ts'

/** What waits in a queue, and who takes it. */
export interface QueueCounts {
  name: string
  ready: number
  consumers: number
  deadLetters: number
}

/**
 * Counts what is ready in every queue of the shop and set aside from it, and its consumers. What consumers hold AMQP
 * doesn't tell.
 * @throws Unavailable when the broker can't be reached, or the broker's own error when a queue is missing
 */
export async function countQueues(): Promise<QueueCounts[]> {
  const channel = await openChannel()
  try {
    const counts: QueueCounts[] = []
    for (const name of Object.keys(queues)) {
      const { messageCount: ready, consumerCount: consumers } = await channel.checkQueue(name)
      const { messageCount: deadLetters } = await channel.checkQueue(deadLetterQueue(name))
      counts.push({ name, ready, consumers, deadLetters })
    }
    return counts
  } finally {
    // A queue that is missing has closed it already.
    await channel.close().catch(() => {})
  }
}
