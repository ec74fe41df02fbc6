import { renewIdentity } from '@stockroom/database/identity'
import { leaveOutUsedIds } from '@stockroom/database/used-ids'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { sourceQueues } from '@stockroom/messaging/read-dead-letters'
import { declareTopology } from '@stockroom/messaging/topology'
import { shutDown } from '@stockroom/runtime/shutdown'
import { embedDatabase } from '../local/embedded/databases.ts'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { requireServices, withoutCache } from '../local/settings/reachability.ts'
import { localSettings } from '../local/settings/settings.ts'
import { migrateAll } from '../migrations/all.ts'

/**
 * Makes a shop ready to start whose database was restored: what waits in the queues tells of what the database doesn't
 * know, copies in the cache are of another state, and ids that it has forgotten stay with those who had them. Resolves to the exit code; while somebody consumes
 * the queues nothing is done.
 */
export async function main(print: (line: string) => void): Promise<number> {
  let stop = async () => {}
  try {
    loadEnvironment()
    const { embedded, dataDirectory } = localSettings(process.env)
    if (embedded.database) stop = (await embedDatabase(dataDirectory)).stop
    await requireServices({ ...process.env, ...withoutCache })
    if (!embedded.broker) for (const line of await emptyQueues()) print(line)
    await migrateAll()
    for (const domain of ['products', 'orders'] as const) {
      await renewIdentity(domain)
      print(`${domain}: new ones get ids above ${await leaveOutUsedIds(domain)}`)
    }
    return 0
  } catch (error) {
    print((error as Error).message)
    return 1
  } finally {
    await shutDown()
    await stop()
  }
}

/** Orders that are pending are announced again, so no order is lost with its message. */
async function emptyQueues(): Promise<string[]> {
  const channel = await openChannel()
  await declareTopology(channel)
  for (const queue of sourceQueues) {
    const { consumerCount } = await channel.checkQueue(queue)
    if (consumerCount > 0)
      throw new Error(`Somebody consumes ${queue}: stop every process of the shop first.`)
  }
  const lines: string[] = []
  for (const queue of sourceQueues) {
    const { messageCount } = await channel.purgeQueue(queue)
    lines.push(`${queue}: ${messageCount} messages thrown away`)
  }
  return lines
}

if (import.meta.main) process.exitCode = await main(console.log)
