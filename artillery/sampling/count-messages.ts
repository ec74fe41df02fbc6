import { openChannel } from '@stockroom/messaging/broker-connection'
import { queues } from '@stockroom/messaging/topology'
import { askShop } from '../../commands/audit/audit.ts'
import type { LocalSettings } from '../../local/settings/settings.ts'
import type { CountMessages } from './sampler.ts'

/** How to count what is ready in the queues: the broker tells, or the shop when the broker is in its process. */
export function messageCounter(settings: LocalSettings): CountMessages {
  if (!settings.embedded.broker) return askBroker
  return async () => (await askShop(settings))?.ready ?? {}
}

async function askBroker(): Promise<Record<string, number>> {
  const channel = await openChannel()
  try {
    const ready: Record<string, number> = {}
    for (const queue of Object.keys(queues)) ready[queue] = (await channel.checkQueue(queue)).messageCount
    return ready
  } finally {
    await channel.close()
  }
}
