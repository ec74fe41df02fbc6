import type { Domain } from '@stockroom/database/connection'
import { changeOutbox, type OutboxEvent, removeFromOutbox } from '@stockroom/database/outbox'
import { type Transaction, transaction } from '@stockroom/database/query'
import { within } from '@stockroom/runtime/deadline'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { ConfirmedEvents } from './confirmed-events.ts'
import type { ShopEvent } from './events.ts'
import { sendOnce } from './events-on-their-way.ts'
import { outboxEvent } from './outbox-message.ts'
import { confirmTimeoutMs, requireBroker } from './publisher.ts'

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

/**
 * Runs `work` in a transaction of the domain, and publishes the events that it tells right after its commit, with no
 * outbox between: for events that will be told again anyhow, as long as what was committed says so. While the broker
 * takes no messages, `work` isn't begun.
 * @throws Unavailable when the database is away, and while the broker is away, blocks or is behind
 */
export async function commitAndPublish<Result>(
  domain: Domain,
  work: (trx: Transaction, tell: Tell) => Promise<Result>,
): Promise<Result> {
  await requireBroker()
  const events: OutboxEvent[] = []
  const result = await transaction(domain, (trx) =>
    work(trx, (event, correlationId, traceparent) =>
      events.push(outboxEvent(event, correlationId, traceparent)),
    ),
  )
  await confirmedInTime(events, () => {})
  return result
}

/**
 * Publishes events of the domain's outbox and resolves to the ids of those that the broker confirms within 5 s. Those
 * that it confirms later leave the outbox by themselves.
 * @throws Unavailable, and publishes none, while the broker is away, blocks or is behind
 */
export function publishEvents(domain: Domain, events: readonly OutboxEvent[]): Promise<string[]> {
  return confirmedInTime(events, (id) => confirmedEvents[domain].add([id]))
}

async function confirmedInTime(
  events: readonly OutboxEvent[],
  confirmedLate: (id: string) => void,
): Promise<string[]> {
  if (events.length === 0) return []
  const confirmed: string[] = []
  let isLate = false
  const heard = (await sendOnce(events)).map(async (answer, index) => {
    const { id } = events[index] as OutboxEvent
    if (await answer) isLate ? confirmedLate(id) : confirmed.push(id)
  })
  await within(confirmTimeoutMs, Promise.all(heard)).catch(() => {})
  isLate = true
  return confirmed
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
    const confirmed = await publishEvents(domain, events)
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

onShutdown('drain', async () => {
  await Promise.allSettled(underWay)
  await Promise.all(Object.values(confirmedEvents).map((events) => events.flush()))
})
