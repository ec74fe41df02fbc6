import type { Domain } from '@stockroom/database/connection'
import { outboxBacklog } from '@stockroom/database/outbox-backlog'
import { within } from '@stockroom/runtime/deadline'
import type { Gauge } from '@stockroom/telemetry/metrics'
import { deadLetterMessages, outboxAge, outboxEvents, queueMessages } from '@stockroom/telemetry/shop-metrics'
import { countQueues } from './queue-counts.ts'

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
  return (await countQueues()).flatMap(({ name, ready, deadLetters }) => [
    { gauge: queueMessages, value: ready, labels: [name] },
    { gauge: deadLetterMessages, value: deadLetters, labels: [name] },
  ])
}
