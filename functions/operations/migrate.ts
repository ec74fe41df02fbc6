import { setTimeout as pause } from 'node:timers/promises'
import { keepsSessions } from '@stockroom/database/session-settings'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { declareTopology } from '@stockroom/messaging/topology'
import { configuration } from '@stockroom/runtime/configuration'
import { job } from '@stockroom/telemetry/job'
import { configureSessionsOfAll, migrateAll } from '../../migrations/all.ts'
import { customResource } from './custom-resource.ts'

/** A broker that was just made, or is being maintained, comes within so many attempts. */
const attempts = 30
const pauseMs = 1000

/**
 * Brings the schemas and the broker's topology up to date; safe to run at any time and from several places at once.
 * A deployment runs it as a resource of its stack.
 */
export const handler = job(async () => {
  const applied = await migrateAll()
  if (!keepsSessions()) await configureSessionsOfAll(configuration().databaseTimeoutMs)
  const channel = await patiently(openChannel)
  // A queue that is there with other properties closes the channel with an error, which declareTopology throws.
  channel.on('error', () => {})
  await declareTopology(channel)
  await channel.close()
  return applied
}, customResource())

async function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts) throw error
      await pause(pauseMs)
    }
  }
}
