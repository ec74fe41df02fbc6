import middy from '@middy/core'
import { inspectQueues } from '@stockroom/messaging/queue-inspection'

/** Tells what waits in the queues. Nothing but `npm run audit` invokes it, to ask a broker that is in this process. */
export const handler = middy().handler(() => inspectQueues())
