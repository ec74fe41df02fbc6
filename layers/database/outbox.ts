import type { Domain } from './connection.ts'
import { query, type Transaction } from './query.ts'

/** An event on its way from a domain's transaction to the broker. */
export interface OutboxEvent {
  id: string
  /** Becomes the AMQP `messageId`: what the message says, so that whoever hears it twice can tell. */
  messageId: string
  /** The event's name, such as `order.created`. */
  name: string
  body: object
  correlationId: string | null
  /** Becomes the header `traceparent`. */
  traceparent: string | null
  /** When the change took place; becomes the AMQP `timestamp`. */
  createdAt: string
  /** How often publishing it has failed. */
  attempts: number
}

/** Rows that the sweep leaves to whoever wrote them: they are being published right now. */
const ownersTurn = "interval '5 seconds'"

/**
 * Writes events into the domain's outbox, in the transaction of the change that they tell of, and removes others that
 * the broker has confirmed. One that the sweep holds at this moment stays to it.
 */
export async function changeOutbox(
  trx: Transaction,
  domain: Domain,
  { add, remove }: { add: readonly OutboxEvent[]; remove: readonly string[] },
): Promise<void> {
  if (add.length === 0 && remove.length === 0) return
  await query(
    trx,
    `with confirmed as (
       select id from ${domain}.outbox where id = any(?::uuid[]) for update skip locked
     ), removed as (
       delete from ${domain}.outbox where id in (select id from confirmed)
     )
     insert into ${domain}.outbox (id, message_id, name, body, correlation_id, traceparent, created_at, next_attempt_at)
     select id, "messageId", name, body, "correlationId", traceparent, "createdAt", now() + ${ownersTurn}
       from json_to_recordset(?) as event(id uuid, "messageId" text, name text, body json, "correlationId" text, traceparent text,
                                          "createdAt" timestamptz)`,
    [remove, JSON.stringify(add)],
  )
}

/**
 * Takes up to `limit` events whose next attempt is due, oldest first, and locks them for the transaction. Events
 * that another instance has locked are passed over, so several sweeps share the work.
 */
export function claimPendingEvents(trx: Transaction, domain: Domain, limit: number): Promise<OutboxEvent[]> {
  return query<OutboxEvent>(
    trx,
    `select id, coalesce(message_id, id::text) as "messageId", name, body, correlation_id as "correlationId", traceparent, created_at as "createdAt", attempts
       from ${domain}.outbox
      where next_attempt_at <= now()
      order by next_attempt_at
      limit ?
        for update skip locked`,
    [limit],
  )
}

/** Removes events that the broker has confirmed. */
export async function removeFromOutbox(
  session: Domain | Transaction,
  domain: Domain,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await query(session, `delete from ${domain}.outbox where id = any(?::uuid[])`, [ids])
}

/** Puts events off whose publishing failed: 2 s after the first failure, doubling up to a minute. */
export async function postponeEvents(
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
