import { within } from '@stockroom/runtime/deadline'
import type { ConfirmChannel } from 'amqplib'
import { openChannel } from './broker-connection.ts'
import { eventExchange } from './topology.ts'

const answerWithinMs = 1000

let probe: Promise<ConfirmChannel> | undefined

/** Whether the broker answers within a second and has the exchange that the shop publishes to. */
export async function brokerAnswers(): Promise<boolean> {
  try {
    probe ??= openProbe()
    await within(answerWithinMs, checkExchange(probe))
    return true
  } catch {
    probe = undefined
    return false
  }
}

async function checkExchange(probe: Promise<ConfirmChannel>): Promise<void> {
  const channel = await probe
  await channel.checkExchange(eventExchange)
}

async function openProbe(): Promise<ConfirmChannel> {
  const channel = await openChannel()
  // A missing exchange closes the channel with an error, which the caller gets as the answer.
  channel.on('error', () => {})
  return channel
}
