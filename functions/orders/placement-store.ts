import { commitStatement } from '@stockroom/database/pipelined'
import type { Idempotency } from '@stockroom/http/idempotency-key'
import { keptFor } from './idempotency-store.ts'
import type { Order } from './order.ts'
import { firstPause, type OrderDraft } from './order-store.ts'

/** An order that is to be placed, once for each idempotency key. */
export interface OrderRequest {
  draft: OrderDraft
  idempotency: Idempotency | undefined
}

/**
 * What became of a request: its order, or nothing was stored, because its key belongs to another order, or because
 * another instance is just placing one with it.
 */
export type Placed =
  | { outcome: 'placed'; order: Order }
  | { outcome: 'key-taken' }
  | { outcome: 'key-locked' }

/**
 * Places orders in one statement, its own transaction: takes their idempotency keys, unless they belong to another order
 * that is younger than 24 hours, and stores the orders whose key was free or that have none. Ids rise in the order of the
 * requests. Two with one key are never in one call.
 *
 * Nobody waits for a key that another instance is just taking, as whoever takes one holds an advisory lock until its
 * commit. Those share a table with all other locks of the server, which has room for some thousands:
 * https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION
 * @throws as `commitStatement`
 */
export async function placeOrders(requests: readonly OrderRequest[]): Promise<Placed[]> {
  const rows = await commitStatement<{ id: number; createdAt: string | null; isFree: boolean }>('orders', {
    sql: `with request as materialized (
            select *, nextval('orders.orders_id_seq') as id,
                   case when key is null then true
                        else pg_try_advisory_xact_lock(hashtextextended(key, 0)) end as is_free
              from json_to_recordset(?)
                     as r("productId" bigint, quantity integer, "unitPrice" numeric, "totalPrice" numeric,
                          "requestId" text, key text, fingerprint text)
          ), taken as (
            insert into orders.idempotency_keys as present (key, fingerprint, order_id)
            select key, fingerprint, id from request where key is not null and is_free
            on conflict (key) do update
               set fingerprint = excluded.fingerprint, order_id = excluded.order_id, created_at = now()
             where present.created_at <= now() - ${keptFor}
            returning order_id
          ), placed as (
            insert into orders.orders (id, product_id, quantity, unit_price, total_price, correlation_id, announce_again_at)
            overriding system value
            select id, "productId", quantity, "unitPrice", "totalPrice", "requestId", now() + ${firstPause}
              from request
             where key is null or id in (select order_id from taken)
            returning id, created_at
          )
          select request.id, created_at as "createdAt", is_free as "isFree"
            from request left join placed on placed.id = request.id
           order by request.id`,
    bindings: [JSON.stringify(requests.map(({ draft, idempotency }) => ({ ...draft, ...idempotency })))],
  })
  return rows.map(({ id, createdAt, isFree }, index) => {
    if (createdAt === null) return { outcome: isFree ? 'key-taken' : 'key-locked' }
    const { productId, quantity, unitPrice, totalPrice } = (requests[index] as OrderRequest).draft
    const pending = { status: 'pending', reason: null, createdAt, settledAt: null } as const
    return {
      outcome: 'placed',
      order: { id, productId, quantity, unitPrice, totalPrice, ...pending },
    }
  })
}
