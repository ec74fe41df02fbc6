import { query, type Transaction } from '@stockroom/database/query'
import type { Idempotency } from '@stockroom/http/idempotency-key'
import type { Movement } from './movement.ts'
import type { VersionedProduct } from './product.ts'

/** What an adjustment has made. */
export interface Adjusted extends VersionedProduct {
  movement: Movement
}

/** An adjustment with the fingerprint of the request that it was made for. */
interface RememberedAdjustment {
  fingerprint: string
  answer: Adjusted
}

/** How long a key stands for its adjustment, in SQL. */
const keptFor = "interval '24 hours'"
/** As many are forgotten with each that is remembered, so that they don't pile up. */
const forgottenAtOnce = 100

/**
 * Takes a key for the transaction; false when another one has it at this moment. The second argument of the hash tells these
 * keys from those of orders, which may be in the same database.
 */
export async function takeKey(trx: Transaction, key: string): Promise<boolean> {
  const [row] = await query<{ isFree: boolean }>(
    trx,
    'select pg_try_advisory_xact_lock(hashtextextended(?, 1)) as "isFree"',
    [key],
  )
  return row?.isFree === true
}

/** Finds the adjustment that a key was used for within the last 24 hours. */
export async function findRemembered(
  trx: Transaction,
  key: string,
): Promise<RememberedAdjustment | undefined> {
  const [row] = await query<RememberedAdjustment>(
    trx,
    `select fingerprint, answer from products.adjustment_keys where key = ? and created_at > now() - ${keptFor}`,
    [key],
  )
  return row
}

/** Remembers what a key was used for, and forgets some keys that are older than 24 hours. */
export async function remember(
  trx: Transaction,
  { key, fingerprint }: Idempotency,
  answer: Adjusted,
): Promise<void> {
  await query(
    trx,
    `with forgotten as (
       delete from products.adjustment_keys
        where key in (
          select key from products.adjustment_keys
           where created_at <= now() - ${keptFor} and key <> ?
           order by created_at limit ?
             for update skip locked
        )
     )
     insert into products.adjustment_keys (key, fingerprint, answer) values (?, ?, ?)
     on conflict (key) do update
        set fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = now()`,
    [key, forgottenAtOnce, key, fingerprint, JSON.stringify(answer)],
  )
}
