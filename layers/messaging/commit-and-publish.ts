import { randomUUID } from 'node:crypto'
import type { Domain } from '@stockroom/database/connection'
import { type OutboxEvent, type OutboxRow, outboxChange, removeFromOutbox } from '@stockroom/database/outbox'
import { query, type Transaction, transaction } from '@stockroom/database/query'
import { finishBeforeFreeze } from '@stockroom/runtime/before-freeze'
import { within } from '@stockroom/runtime/deadline'
import { log } from '@stockroom/runtime/logger'
import { processPolicy } from '@stockroom/runtime/process-policy'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { ConfirmedRows } from './confirmed-rows.ts'
import type { ShopEvent } from './events.ts'
import { sendOnce } from './events-on-their-way.ts'
import { outboxEvent } from './outbox-message.ts'
import { confirmTimeoutMs, requireBroker } from './publisher.ts'

/** Notes an event of the running transaction, with the request id that it follows from and its place in a trace. */
export type RecordEvent = (event: ShopEvent, correlationId: string | undefined, traceparent?: string) => void

const underWay = new Set<Promise<void>>()

const confirmedRows = { products: confirmedRowsOf('products'), orders: confirmedRowsOf('orders') }

/** Whether the latest wait was in vain: then nobody waits until a delivery has arrived again. */
let brokerIsSlow = false

/**
 * Runs `work` in a transaction of the domain, stores the events that it records in the outbox within the same commit,
 * and publishes them right after: for facts that nothing else can tell again. Resolves after the commit, with the result
 * of `work`. On Lambda the invocation waits a moment for the broker's confirms before it ends; what isn't confirmed stays
 * in the outbox for the sweep.
 * @throws Unavailable when the database is away; nothing is published then
 */
export function commitWithOutbox<Result>(
  domain: Domain,
  work: (trx: Transaction, record: RecordEvent) => Promise<Result>,
): Promise<Result> {
  return commitStatementsWithOutbox(domain, (outbox) =>
    transaction(domain, async (trx) => {
      const result = await work(trx, outbox.record)
      for (const { sql, bindings } of outbox.changes()) await query(trx, sql, bindings)
      return result
    }),
  )
}

/** The events of one commit, and the statements that note them in the outbox. */
export interface CommitOutbox {
  record: RecordEvent
  /** To be run within the commit, after the last event has been recorded. */
  changes(): ReturnType<typeof outboxChange>
}

/** As {@link commitWithOutbox}, for a `commit` that runs its own transaction, with the changes of the outbox in it. */
export async function commitStatementsWithOutbox<Result>(
  domain: Domain,
  commit: (outbox: CommitOutbox) => Promise<Result>,
): Promise<Result> {
  const row: OutboxRow = { id: randomUUID(), events: [] }
  const confirmed = confirmedRows[domain].take()
  try {
    const result = await commit({
      record: recordInto(row.events),
      changes: () => outboxChange(domain, { add: row, remove: confirmed }),
    })
    publishSoon(row.events, () => publishFromOutbox(domain, row))
    return result
  } catch (error) {
    confirmedRows[domain].add(confirmed)
    throw error
  }
}

/**
 * Runs `commit` and publishes the events that it records right after, with no outbox between: for events that are told
 * again as long as what was committed says that they are owed. Resolves as {@link commitWithOutbox} does.
 */
export async function commitAndPublish<Result>(
  commit: (record: RecordEvent) => Promise<Result>,
): Promise<Result> {
  const events: OutboxEvent[] = []
  const result = await commit(recordInto(events))
  publishSoon(events, async () => (await confirmedInTime(events)).length > 0)
  return result
}

/**
 * The same, but waits for the broker: for a sweep, which has nothing to publish while the broker takes no messages. Then
 * `commit` isn't begun.
 * @throws Unavailable while the broker is away, blocks or is behind
 */
export async function publishAfter<Result>(
  commit: (record: RecordEvent) => Promise<Result>,
): Promise<Result> {
  await requireBroker()
  const events: OutboxEvent[] = []
  const result = await commit(recordInto(events))
  await confirmedInTime(events)
  return result
}

/**
 * Publishes rows of the domain's outbox and resolves to the ids of those whose events the broker confirms within 5 s.
 * Those that it confirms later leave the outbox by themselves.
 * @throws Unavailable, and publishes none, while the broker is away, blocks or is behind
 */
export async function publishRows(domain: Domain, rows: readonly OutboxRow[]): Promise<string[]> {
  const missing = new Map(rows.map(({ id, events }) => [id, events.length]))
  const owners = rows.flatMap(({ id, events }) => events.map(() => id))
  let isLate = false
  await confirmedInTime(
    rows.flatMap(({ events }) => events),
    (index) => {
      const id = owners[index] as string
      const left = (missing.get(id) as number) - 1
      missing.set(id, left)
      if (left === 0 && isLate) confirmedRows[domain].add([id])
    },
  )
  isLate = true
  return rows.map(({ id }) => id).filter((id) => missing.get(id) === 0)
}

/** Resolves, after 5 s at most, to the events that the broker has confirmed. `confirmed` hears of later ones, too. */
async function confirmedInTime(
  events: readonly OutboxEvent[],
  confirmed: (index: number) => void = () => {},
): Promise<number[]> {
  if (events.length === 0) return []
  const inTime: number[] = []
  const heard = (await sendOnce(events)).map(async (answer, index) => {
    if (!(await answer)) return
    inTime.push(index)
    confirmed(index)
  })
  await within(confirmTimeoutMs, Promise.all(heard)).catch(() => {})
  return [...inTime]
}

const recordInto =
  (events: OutboxEvent[]): RecordEvent =>
  (event, correlationId, traceparent) => {
    events.push(outboxEvent(event, correlationId, traceparent))
  }

/** @param publish resolves to whether the broker has confirmed something */
function publishSoon(events: readonly OutboxEvent[], publish: () => Promise<boolean>): void {
  if (events.length === 0) return
  const delivery = deliver(events, publish)
  underWay.add(delivery)
  delivery.finally(() => underWay.delete(delivery))
  const { announcementWaitMs } = processPolicy()
  if (announcementWaitMs > 0 && !brokerIsSlow) finishBeforeFreeze(awaitBroker(delivery, announcementWaitMs))
}

async function awaitBroker(delivery: Promise<void>, ms: number): Promise<void> {
  await within(ms, delivery).catch(() => {
    brokerIsSlow = true
  })
}

async function deliver(events: readonly OutboxEvent[], publish: () => Promise<boolean>): Promise<void> {
  try {
    if (await publish()) brokerIsSlow = false
  } catch (error) {
    log.debug({ err: error, events: events.length }, 'events are left to the sweeps for now')
  }
}

async function publishFromOutbox(domain: Domain, row: OutboxRow): Promise<boolean> {
  const confirmed = await publishRows(domain, [row])
  confirmedRows[domain].add(confirmed)
  if (processPolicy().flushesAfterAnswer) await confirmedRows[domain].flush()
  return confirmed.length > 0
}

function confirmedRowsOf(domain: Domain): ConfirmedRows {
  return new ConfirmedRows((ids) => removeFromOutbox(domain, domain, ids))
}

onShutdown('drain', async () => {
  await Promise.allSettled(underWay)
  await Promise.all(Object.values(confirmedRows).map((rows) => rows.flush()))
})
