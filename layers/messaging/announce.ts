import { randomUUID } from 'node:crypto'
import type { Domain } from '@stockroom/database/connection'
import { changeOutbox, type OutboxEvent, removeFromOutbox } from '@stockroom/database/outbox'
import { type Transaction, transaction } from '@stockroom/database/query'
import { within } from '@stockroom/runtime/deadline'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { ConfirmedEvents } from './confirmed-events.ts'
import { type ShopEvent, schemaVersion } from './events.ts'
import { publishObserved } from './publish-observed.ts'
import type { OutboundMessage } from './publisher.ts'
import { eventExchange, isBound } from './topology.ts'

/** Notes an event of the running transaction, with the request id that it follows from and its place in a trace. */
export type Tell = (event: ShopEvent, correlationId: string | undefined, traceparent?: string) => void

/** How long an answer on Lambda waits for the broker, which may be slow. */
const announcementWaitMs = 250

const underWay = new Set<Promise<void>>()

const confirmedEvents = { products: confirmedEventsOf('products'), orders: confirmedEventsOf('orders') }

/** Whether the latest wait was in vain: then nobody waits until a delivery has arrived again. */
let brokerIsSlow = false

/**
 * Runs `work` in a transaction of the domain, stores the events that it tells in the outbox within the same commit,
 * and publishes them right after. Resolves after the commit, with the result of `work` and a promise that lasts as
 * long as the process has to: on Lambda it waits a moment for the broker's confirms, elsewhere for nothing. That
 * promise never rejects: what isn't confirmed stays in the outbox for the sweep.
 * @throws Unavailable when the database is away; nothing is published then
 */
export async function commitAndAnnounce<Result>(
  domain: Domain,
  work: (trx: Transaction, tell: Tell) => Promise<Result>,
): Promise<{ result: Result; announced: Promise<void> }> {
  const events: OutboxEvent[] = []
  const confirmed = confirmedEvents[domain].take()
  try {
    const result = await transaction(domain, async (trx) => {
      const outcome = await work(trx, (event, correlationId, traceparent) =>
        events.push(outboxEvent(event, correlationId, traceparent)),
      )
      await changeOutbox(trx, domain, { add: events, remove: confirmed })
      return outcome
    })
    return { result, announced: announce(domain, events) }
  } catch (error) {
    confirmedEvents[domain].add(confirmed)
    throw error
  }
}

/** Publishes outbox events and resolves to the ids of those that the broker has confirmed. */
export async function publishEvents(events: readonly OutboxEvent[]): Promise<string[]> {
  const confirmed = await publishObserved(events.map(outboundMessage))
  return events.filter((_, index) => confirmed[index]).map(({ id }) => id)
}

async function announce(domain: Domain, events: OutboxEvent[]): Promise<void> {
  if (events.length === 0) return
  const delivery = deliver(domain, events)
  underWay.add(delivery)
  delivery.finally(() => underWay.delete(delivery))
  if (!freezesAfterAnswer() || brokerIsSlow) return
  await within(announcementWaitMs, delivery).catch(() => {
    brokerIsSlow = true
  })
}

async function deliver(domain: Domain, events: OutboxEvent[]): Promise<void> {
  try {
    const confirmed = await publishEvents(events)
    if (confirmed.length > 0) brokerIsSlow = false
    confirmedEvents[domain].add(confirmed)
    if (freezesAfterAnswer()) await confirmedEvents[domain].flush()
  } catch (error) {
    log.debug({ err: error, events: events.length }, 'events stay in the outbox for now')
  }
}

function confirmedEventsOf(domain: Domain): ConfirmedEvents {
  return new ConfirmedEvents((ids) => removeFromOutbox(domain, domain, ids))
}

function outboxEvent(
  { name, body }: ShopEvent,
  correlationId: string | undefined,
  traceparent: string | undefined,
): OutboxEvent {
  return {
    id: randomUUID(),
    name,
    body,
    correlationId: correlationId ?? null,
    traceparent: traceparent ?? null,
    createdAt: new Date().toISOString(),
    attempts: 0,
  }
}

function outboundMessage({
  id,
  name,
  body,
  correlationId,
  traceparent,
  createdAt,
}: OutboxEvent): OutboundMessage {
  return {
    exchange: eventExchange,
    routingKey: name,
    content: Buffer.from(JSON.stringify(body)),
    options: {
      messageId: id,
      type: name,
      timestamp: Math.floor(Date.parse(createdAt) / 1000),
      correlationId: correlationId ?? undefined,
      appId: 'stockroom',
      contentType: 'application/json',
      headers: traceparent
        ? { 'schema-version': schemaVersion, traceparent }
        : { 'schema-version': schemaVersion },
      persistent: true,
      mandatory: isBound(name),
    },
  }
}

onShutdown('drain', async () => {
  await Promise.allSettled(underWay)
  await Promise.all(Object.values(confirmedEvents).map((events) => events.flush()))
})
