import type { ConfirmChannel } from 'amqplib'
import { openChannel } from './broker-connection.ts'
import { deadLetterQueue, queues } from './topology.ts'

/** What waits in a queue, and who takes it. */
export interface QueueCounts {
  name: string
  ready: number
  consumers: number
  deadLetters: number
}

let probe: Promise<ConfirmChannel> | undefined

/**
 * Counts what is ready in every queue of the shop and set aside from it, and its consumers. What consumers hold AMQP
 * doesn't tell.
 * @throws Unavailable when the broker can't be reached, or the broker's own error when a queue is missing
 */
export async function countQueues(): Promise<QueueCounts[]> {
  probe ??= openChannel()
  const asked = probe
  try {
    const channel = await asked
    const names = Object.keys(queues)
    const counted = await Promise.all(names.map((name) => channel.checkQueue(name)))
    const dead = await Promise.all(names.map((name) => channel.checkQueue(deadLetterQueue(name))))
    return names.map((name, index) => ({
      name,
      ready: counted[index]?.messageCount ?? 0,
      consumers: counted[index]?.consumerCount ?? 0,
      deadLetters: dead[index]?.messageCount ?? 0,
    }))
  } catch (error) {
    // What has failed may be closed; a silent one is left to a later look, on a channel of its own.
    if (probe === asked) probe = undefined
    asked.then((channel) => channel.close()).catch(() => {})
    throw error
  }
}
