import { within } from '@stockroom/runtime/deadline'
import type { ConfirmChannel } from 'amqplib'
import { openChannel } from './broker-connection.ts'
import { eventExchange } from './topology.ts'

const answerWithinMs = 1000

let channel: ConfirmChannel | undefined

/** Whether the broker answers within a second and has the exchange that the shop publishes to. */
export async function brokerAnswers(): Promise<boolean> {
  try {
    channel ??= await openProbe()
    await within(answerWithinMs, channel.checkExchange(eventExchange))
    return true
  } catch {
    channel = undefined
    return false
  }
}

async function openProbe(): Promise<ConfirmChannel> {
  const probe = await openChannel()
  // A missing exchange closes the channel with an error, which the caller gets as the answer.
  probe.on('error', () => {})
  return probe
}
