import type { Domain } from '@stockroom/database/connection'
import { outboxBacklog } from '@stockroom/database/outbox-backlog'
import { within } from '@stockroom/runtime/deadline'
import type { Gauge } from '@stockroom/telemetry/metrics'
import { deadLetterMessages, outboxAge, outboxEvents, queueMessages } from '@stockroom/telemetry/shop-metrics'
import { openChannel } from './broker-connection.ts'
import { deadLetterQueue, queues } from './topology.ts'

/** The value of a gauge at this moment, with its labels. */
export interface Reading {
  gauge: Gauge
  value: number
  labels: string[]
}

const domains: Domain[] = ['products', 'orders']
const answerWithinMs = 1000

/** Looks at what waits in the outboxes and in the queues. What doesn't answer within a second is left out. */
export async function readBacklog(): Promise<Reading[]> {
  const looks = [...domains.map(readOutbox), readQueues()]
  const outcomes = await Promise.allSettled(looks.map((look) => within(answerWithinMs, look)))
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
}

/** Records what waits, for where metrics are exported as they are recorded. */
export async function recordBacklog(): Promise<void> {
  for (const { gauge, value, labels } of await readBacklog()) gauge.set(value, ...labels)
}

async function readOutbox(domain: Domain): Promise<Reading[]> {
  const { events, ageSeconds } = await outboxBacklog(domain)
  return [
    { gauge: outboxEvents, value: events, labels: [domain] },
    { gauge: outboxAge, value: ageSeconds, labels: [domain] },
  ]
}

async function readQueues(): Promise<Reading[]> {
  const channel = await openChannel()
  try {
    const readings: Reading[] = []
    for (const queue of Object.keys(queues)) {
      const { messageCount: ready } = await channel.checkQueue(queue)
      const { messageCount: dead } = await channel.checkQueue(deadLetterQueue(queue))
      readings.push(
        { gauge: queueMessages, value: ready, labels: [queue] },
        { gauge: deadLetterMessages, value: dead, labels: [queue] },
      )
    }
    return readings
  } finally {
    // A queue that is missing has closed it already.
    await channel.close().catch(() => {})
  }
}
