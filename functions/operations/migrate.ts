import { openChannel } from '@stockroom/messaging/broker-connection'
import { declareTopology } from '@stockroom/messaging/topology'
import { job } from '@stockroom/telemetry/job'
import { migrateAll } from '../../migrations/all.ts'

/** Brings the schemas and the broker's topology up to date; safe to run at any time and from several places at once. */
export const handler = job(async () => {
  const applied = await migrateAll()
  const channel = await openChannel()
  // A queue that is there with other properties closes the channel with an error, which declareTopology throws.
  channel.on('error', () => {})
  await declareTopology(channel)
  await channel.close()
  return applied
})
