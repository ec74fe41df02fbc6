import type { Domain } from './connection.ts'
import type { Statement } from './pipelined.ts'
import { query, type Transaction } from './query.ts'

/** An event on its way from a domain's transaction to the broker. */
export interface OutboxEvent {
  /** Becomes the AMQP `messageId`: what the message says, so that whoever hears it twice can tell. */
  messageId: string
  /** The event's name, such as `order.confirmed`. */
  name: string
  body: object
  correlationId: string | null
  /** Becomes the header `traceparent`. */
  traceparent: string | null
  /** When the change took place; becomes the AMQP `timestamp`. */
  createdAt: string
}

/** The events of one commit: they stand in the outbox until the broker has confirmed each of them. */
export interface OutboxRow {
  id: string
  events: OutboxEvent[]
}

/** Rows that the sweep leaves to whoever wrote them: they are being published right now. */
const ownersTurn = "interval '5 seconds'"

/**
 * The statement that puts a row into the domain's outbox, in the transaction of the changes that its events tell of, and
 * removes others whose events the broker has confirmed. One that the sweep holds at this moment stays to it. None where
 * nothing is to be done.
 */
export function outboxChange(
  domain: Domain,
  { add, remove }: { add: OutboxRow; remove: readonly string[] },
): Statement[] {
  if (add.events.length === 0 && remove.length === 0) return []
  return [
    {
      sql: `with confirmed as (
              select id from ${domain}.outbox where id = any(?::uuid[]) for update skip locked
            ), removed as (
              delete from ${domain}.outbox where id in (select id from confirmed)
            )
            insert into ${domain}.outbox (id, events, created_at, next_attempt_at)
            select ?::uuid, events, now(), now() + ${ownersTurn}
              from (select ?::json as events) added
             where json_array_length(events) > 0`,
      bindings: [remove, add.id, JSON.stringify(add.events)],
    },
  ]
}

/**
 * Takes up to `limit` rows whose next attempt is due, oldest first, and locks them for the transaction. Rows that another
 * instance has locked are passed over, so several sweeps share the work.
 */
export function claimOutboxRows(trx: Transaction, domain: Domain, limit: number): Promise<OutboxRow[]> {
  return query<OutboxRow>(
    trx,
    `select id, coalesce(events, ${formerEvent}) as events
       from ${domain}.outbox
      where next_attempt_at <= now()
      order by next_attempt_at
      limit ?
        for update skip locked`,
    [limit],
  )
}

/** A row that an instance before the rows of a whole commit has written: one event, in columns. */
const formerEvent = `json_build_array(json_build_object(
  'messageId', coalesce(message_id, id::text), 'name', name, 'body', body, 'correlationId', correlation_id,
  'traceparent', traceparent, 'createdAt', created_at))`

/** Removes rows whose events the broker has confirmed. */
export async function removeFromOutbox(
  session: Domain | Transaction,
  domain: Domain,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await query(session, `delete from ${domain}.outbox where id = any(?::uuid[])`, [ids])
}

/** Puts rows off whose publishing failed: 2 s after the first failure, doubling up to a minute. */
export async function postponeOutboxRows(
  trx: Transaction,
  domain: Domain,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await query(
    trx,
    `update ${domain}.outbox
        set attempts = attempts + 1,
            next_attempt_at = now() + least(power(2, least(attempts + 1, 6)), 60) * interval '1 second'
      where id = any(?::uuid[])`,
    [ids],
  )
}
