import type { Domain } from './connection.ts'
import { query } from './query.ts'

/** More ids than are used between a backup and its restore: at 1,000 a second those of eleven days. 2^53 has room for nine million such steps. */
const step = 1_000_000_000

/**
 * Leaves out the ids of a domain that may have been used since a backup that was restored, and resolves to the last one
 * of them: products and orders that are new get higher ones. Calling it again leaves out as many again.
 */
export async function leaveOutUsedIds(domain: Domain): Promise<number> {
  const [row] = await query<{ last: number }>(
    domain,
    `select setval(
       sequence,
       greatest(nextval(sequence), (select coalesce(max(id), 0) from ${domain}.${domain})) + ?::bigint
     ) as last
       from (select pg_get_serial_sequence('${domain}.${domain}', 'id')::regclass as sequence) own`,
    [step],
  )
  return (row as { last: number }).last
}
