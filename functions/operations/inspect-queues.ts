import { inspectQueues } from '@stockroom/messaging/queue-inspection'
import { job } from '@stockroom/runtime/job'

/** Tells what waits in the queues. Nothing but `npm run audit` invokes it, to ask a broker that is in this process. */
export const handler = job(() => inspectQueues())
