import { within } from '@stockroom/runtime/deadline'
import type { ConfirmChannel } from 'amqplib'
import { isBrokerBlocked, openChannel } from './broker-connection.ts'
import { eventExchange } from './topology.ts'

const answerWithinMs = 1000

let probe: Promise<ConfirmChannel> | undefined

/** Whether the broker answers within a second, has the exchange that the shop publishes to, and takes what is published. */
export async function brokerAnswers(): Promise<boolean> {
  if (isBrokerBlocked()) return false
  probe ??= openProbe()
  const asked = probe
  try {
    await within(answerWithinMs, checkExchange(asked))
    return true
  } catch {
    if (probe === asked) probe = undefined
    // One that is silent is still open, and a connection has a limited number of channels.
    asked.then((channel) => channel.close()).catch(() => {})
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
