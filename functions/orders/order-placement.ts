import { groupCommit } from '@stockroom/database/group-commit'
import type { Transaction } from '@stockroom/database/query'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { orderCreated } from '@stockroom/messaging/events'
import { commitSizes } from '@stockroom/telemetry/shop-metrics'
import type { Idempotency } from './idempotency.ts'
import { rememberOrders, takeKeys } from './idempotency-store.ts'
import type { Order } from './order.ts'
import { insertOrders, type OrderDraft } from './order-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** An order that shall be placed, once for each idempotency key. */
export interface OrderRequest {
  draft: OrderDraft
  /** The place in a trace that its event belongs under. */
  traceparent?: string
  idempotency: Idempotency | undefined
}

/** An order in the database; its event is on its way. */
export interface PlacedOrder {
  order: Order
  /** Waits until the lists of orders show it, and on Lambda a moment for the broker to take over the event; never rejects. */
  announced: Promise<void>
}

/**
 * Stores an order and its event in one commit, shared with the orders that arrive at the same time. Resolves to
 * undefined, having stored nothing, when its idempotency key belongs to another order.
 * @throws Unavailable when the database is away
 */
export const placeOrder: (request: OrderRequest) => Promise<PlacedOrder | undefined> = groupCommit(
  placeOrders,
  {
    maxSize: 500,
  },
)

async function placeOrders(requests: readonly OrderRequest[]): Promise<(PlacedOrder | undefined)[]> {
  commitSizes.of().observe(requests.length)
  const { result: placed, announced } = await commitAndAnnounce('orders', async (trx, tell) => {
    const orders = await insertOnce(trx, requests)
    for (const [{ draft, traceparent }, order] of orders) {
      tell(orderCreatedEvent(order), draft.requestId, traceparent)
    }
    return orders
  })
  // The next commit doesn't wait for the cache.
  const refreshed = refreshRecentOrders([...placed.values()])
  const told = Promise.all([refreshed, announced]).then(() => {})
  return requests.map((request) => {
    const order = placed.get(request)
    return order && { order, announced: told }
  })
}

/** Inserts the orders whose idempotency key is free, or that have none. */
async function insertOnce(
  trx: Transaction,
  requests: readonly OrderRequest[],
): Promise<Map<OrderRequest, Order>> {
  const taken = await takeKeys(
    trx,
    requests.flatMap(({ idempotency }) => idempotency ?? []),
  )
  const admitted = requests.filter(({ idempotency }) => !idempotency || taken.has(idempotency.key))
  const orders = await insertOrders(
    trx,
    admitted.map(({ draft }) => draft),
  )
  const inserted = new Map(admitted.map((request, index) => [request, orders[index] as Order]))
  await rememberOrders(
    trx,
    [...inserted].flatMap(([{ idempotency }, { id }]) =>
      idempotency ? { key: idempotency.key, orderId: id } : [],
    ),
  )
  return inserted
}

/** The event that tells of an order; it is told again while the order stays pending. */
export const orderCreatedEvent = ({ id, productId, quantity, totalPrice, createdAt }: Order) =>
  orderCreated.of({ orderId: id, productId, quantity, totalPrice, timestamp: createdAt })
