import { within } from '@stockroom/runtime/deadline'
import type { ConfirmChannel } from 'amqplib'
import { openChannel } from './broker-connection.ts'
import { queues } from './topology.ts'

const answerWithinMs = 1000
/** A consumer that starts or reconnects is there by then. */
const graceMs = 10_000

let probe: Promise<ConfirmChannel> | undefined
/** When each queue was last seen with a consumer, on the clock of `performance.now()`, which begins with the process. */
const consumedAt = new Map<string, number>()

/**
 * The queues that have had no consumer for ten seconds, so that their messages wait; none when the broker doesn't tell
 * within a second. On AWS the event source mappings are the consumers.
 */
export async function unconsumedQueues(now = performance.now()): Promise<string[]> {
  try {
    return await within(answerWithinMs, look(now))
  } catch {
    probe = undefined
    return []
  }
}

async function look(now: number): Promise<string[]> {
  for (const queue of Object.keys(queues)) {
    if ((await consumersOf(queue)) > 0) consumedAt.set(queue, now)
  }
  return Object.keys(queues).filter((queue) => now - (consumedAt.get(queue) ?? 0) >= graceMs)
}

async function consumersOf(queue: string): Promise<number> {
  try {
    probe ??= openChannel()
    return (await (await probe).checkQueue(queue)).consumerCount
  } catch (error) {
    // A queue that is missing has closed the channel.
    probe = undefined
    if ((error as { code?: unknown }).code === 404) return 0
    throw error
  }
}
