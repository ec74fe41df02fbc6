import { setTimeout as pause } from 'node:timers/promises'
import { groupCommit } from '@stockroom/database/group-commit'
import { commitAndPublish } from '@stockroom/messaging/announce'
import { orderCancelled, orderCreated } from '@stockroom/messaging/events'
import { commitSizes } from '@stockroom/telemetry/shop-metrics'
import type { Order } from './order.ts'
import { type OrderRequest, type Placed, placeOrders } from './placement-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** A request with the place in a trace that its event belongs under. */
export interface TracedRequest extends OrderRequest {
  traceparent?: string
}

/**
 * What became of a request. When `announced` resolves, which it always does, the lists of orders show the order, and on
 * Lambda the broker has had a moment to take over its event.
 */
export type Placement = Placed & { announced: Promise<void> }

const placeTogether = groupCommit(placeGroup, { maxSize: 500 })

/** How often one tries to take a key that another instance is taking, which lasts as long as its commit. */
const tries = 8
const pauseMs = 100

/**
 * Places an order, unless its idempotency key isn't free, in a commit shared with the orders that arrive at the same time.
 * Its event needs no outbox: a pending order says by itself that it has to be announced.
 * @throws Unavailable when the database is away: nothing is stored then
 * @throws OutcomeUnknown when the database goes away during the commit
 */
export async function placeOrder(request: TracedRequest): Promise<Placement> {
  for (let left = tries - 1; ; left -= 1) {
    const placement = await placeTogether(request)
    if (placement.outcome !== 'key-locked' || left === 0) return placement
    await pause(pauseMs)
  }
}

async function placeGroup(requests: readonly TracedRequest[]): Promise<Placement[]> {
  commitSizes.of().observe(requests.length)
  const { result, announced } = await commitAndPublish(async (tell) => {
    const placed = await placeOrders(requests)
    for (const [index, one] of placed.entries()) {
      const { draft, traceparent } = requests[index] as TracedRequest
      if (one.outcome === 'placed') tell(orderCreatedEvent(one.order), draft.requestId, traceparent)
    }
    return placed
  })
  const orders = result.flatMap((one) => (one.outcome === 'placed' ? one.order : []))
  // The next commit doesn't wait for the cache.
  const told = Promise.all([refreshRecentOrders(orders), announced]).then(() => {})
  return result.map((one) => ({ ...one, announced: told }))
}

/** The event that tells of an order; it is told again while the order stays pending. */
export const orderCreatedEvent = ({ id, productId, quantity, totalPrice, createdAt }: Order) =>
  orderCreated.of({ orderId: id, productId, quantity, totalPrice, timestamp: createdAt })

/** The event that tells of a cancellation; it is told again until the order's stock is known to be back. */
export const orderCancelledEvent = ({ id, productId, quantity, settledAt }: Order) =>
  orderCancelled.of({ orderId: id, productId, quantity, timestamp: settledAt as string })
