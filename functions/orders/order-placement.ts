import { setTimeout as pause } from 'node:timers/promises'
import { groupCommit } from '@stockroom/database/group-commit'
import { commitAndPublish } from '@stockroom/messaging/commit-and-publish'
import { orderCancelled, orderCreated } from '@stockroom/messaging/events'
import { commitSizes } from '@stockroom/telemetry/shop-metrics'
import type { Order } from './order.ts'
import { type OrderRequest, type Placed, placeOrders } from './placement-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** A request with the place in a trace that its event belongs under. */
export interface TracedRequest extends OrderRequest {
  traceparent?: string
}

const placeTogether = groupCommit(placeGroup, { maxSize: 500 })

/** How often one tries to take a key that another instance is taking, which lasts as long as its commit. */
const tries = 8
const pauseMs = 100

/**
 * Places an order, unless its idempotency key isn't free, in a commit shared with the orders that arrive at the same time.
 * Resolves when the lists of orders show it.
 * Its event needs no outbox: a pending order says by itself that it has to be announced.
 * @throws Unavailable when the database is away: nothing is stored then
 * @throws OutcomeUnknown when the database goes away during the commit
 */
export async function placeOrder(request: TracedRequest): Promise<Placed> {
  for (let left = tries - 1; ; left -= 1) {
    const { placed, listed } = await placeTogether(request)
    if (placed.outcome !== 'key-locked' || left === 0) return listed.then(() => placed)
    await pause(pauseMs)
  }
}

async function placeGroup(requests: readonly TracedRequest[]) {
  commitSizes.of().observe(requests.length)
  const result = await commitAndPublish(async (record) => {
    const placed = await placeOrders(requests)
    for (const [index, one] of placed.entries()) {
      const { draft, traceparent } = requests[index] as TracedRequest
      if (one.outcome === 'placed') record(orderCreatedEvent(one.order), draft.requestId, traceparent)
    }
    return placed
  })
  const orders = result.flatMap((one) => (one.outcome === 'placed' ? one.order : []))
  // The next commit doesn't wait for the cache.
  const listed = refreshRecentOrders(orders)
  return result.map((placed) => ({ placed, listed }))
}

/** The event that tells of an order; it is told again while the order stays pending. */
export const orderCreatedEvent = ({ id, productId, quantity, totalPrice, createdAt }: Order) =>
  orderCreated.of({ orderId: id, productId, quantity, totalPrice, timestamp: createdAt })

/** The event that tells of a cancellation; it is told again until the order's stock is known to be back. */
export const orderCancelledEvent = ({ id, productId, quantity, settledAt }: Order) =>
  orderCancelled.of({ orderId: id, productId, quantity, timestamp: settledAt as string })
