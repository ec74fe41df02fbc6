import type { Channel } from 'amqplib'
import { messageOf } from './log.ts'

/** Arguments of the queues that may be declared, by their names. */
export type QueueDeclarations = Record<string, Record<string, unknown>>

type DeclaringChannel = Pick<Channel, 'checkQueue' | 'assertQueue' | 'close'> & {
  on(event: string, listener: () => void): unknown
}

const QUORUM_QUEUE = { 'x-queue-type': 'quorum' }

/** The arguments of a queue that may be declared, or undefined for one that may not. */
export function declarationOf(
  queue: string,
  declareQueues: boolean | QueueDeclarations,
): Record<string, unknown> | undefined {
  if (typeof declareQueues === 'boolean') return declareQueues ? QUORUM_QUEUE : undefined
  return Object.hasOwn(declareQueues, queue) ? declareQueues[queue] : undefined
}

/**
 * Declares a durable queue where there is none of this name. One that exists stays as it is, whatever its arguments.
 *
 * Throws an Error of one line when the broker refuses.
 */
export async function declareIfMissing(
  openChannel: () => Promise<DeclaringChannel>,
  queue: string,
  declaration: Record<string, unknown>,
): Promise<void> {
  if (await exists(openChannel, queue)) return
  try {
    await onOwnChannel(openChannel, (channel) =>
      channel.assertQueue(queue, { durable: true, arguments: declaration }),
    )
  } catch (error) {
    throw new Error(`Queue "${queue}" can't be declared: ${messageOf(error)}`, { cause: error })
  }
}

async function exists(openChannel: () => Promise<DeclaringChannel>, queue: string): Promise<boolean> {
  try {
    await onOwnChannel(openChannel, (channel) => channel.checkQueue(queue))
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return false
    throw error
  }
}

/** A refusal closes the channel that was asked, so each question has its own. */
async function onOwnChannel(
  openChannel: () => Promise<DeclaringChannel>,
  ask: (channel: DeclaringChannel) => Promise<unknown>,
): Promise<void> {
  const channel = await openChannel()
  // The refusal rejects the question too; without a listener the event would end the process.
  channel.on('error', () => {})
  await ask(channel)
  await channel.close()
}
