import type { Domain } from './connection.ts'
import { query } from './query.ts'

/** What waits in an outbox. */
export interface OutboxBacklog {
  events: number
  /** Of the oldest event; 0 where none waits. */
  ageSeconds: number
}

/** Counts the events of a domain's outbox that the broker has not confirmed yet. */
export async function outboxBacklog(domain: Domain): Promise<OutboxBacklog> {
  const [row] = await query<OutboxBacklog>(
    domain,
    `select coalesce(sum(coalesce(json_array_length(events), 1)), 0)::int8 as events,
            coalesce(greatest(extract(epoch from now() - min(created_at)), 0), 0)::float8 as "ageSeconds"
       from ${domain}.outbox`,
  )
  return row as OutboxBacklog
}
