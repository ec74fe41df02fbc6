import { groupCommit } from '@stockroom/database/group-commit'
import { readAndCommit } from '@stockroom/database/pipelined'
import { commitStatementsWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { cancelledOrders } from '@stockroom/telemetry/shop-metrics'
import type { Order } from './order.ts'
import { orderCancelledEvent } from './order-placement.ts'
import { cancel, type LockedOrder, lockOrders } from './order-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** An order that is to be cancelled, with the request that its event follows from. */
export interface CancellationRequest {
  orderId: number
  requestId: string
  traceparent: string
}

/**
 * Cancels an order that is pending or confirmed, in a commit shared with the cancellations that arrive at the same time: a
 * crowd of them takes no more connections than one. Resolves, when the lists of orders show it, to the order as it is now:
 * cancelled unless it was rejected before, undefined where there is none.
 * @throws Unavailable when the database is away: nothing is stored then
 * @throws OutcomeUnknown when the database goes away during the commit
 */
export async function cancelOrder(request: CancellationRequest): Promise<Order | undefined> {
  const { order, listed } = await cancelTogether(request)
  await listed
  return order
}

const cancelTogether = groupCommit(cancelGroup, { maxSize: 500 })

async function cancelGroup(requests: readonly CancellationRequest[]) {
  const firsts = new Map(requests.toReversed().map((request) => [request.orderId, request]))
  const result = await commitStatementsWithOutbox('orders', (outbox) =>
    readAndCommit('orders', lockOrders([...firsts.keys()]), (rows: LockedOrder[]) => {
      const orders = rows.map(asCancelled)
      const fresh = orders.filter((_, index) => isCancellable(rows[index] as LockedOrder))
      for (const order of fresh) {
        const { requestId, traceparent } = firsts.get(order.id) as CancellationRequest
        outbox.record(orderCancelledEvent(order), requestId, traceparent)
      }
      return {
        writes: [...outbox.changes(), ...cancel(fresh.map(({ id }) => id))],
        result: () => ({ orders, before: rows.filter(isCancellable) }),
      }
    }),
  )
  for (const { status } of result.before) cancelledOrders.of(status).add()
  // Of those that were cancelled before, too: whoever did it may have died before their lists were dropped.
  const listed = refreshRecentOrders(result.orders)
  const present = new Map(result.orders.map((order) => [order.id, order]))
  return requests.map(({ orderId }) => ({ order: present.get(orderId), listed }))
}

const isCancellable = ({ status }: Order) => status === 'pending' || status === 'confirmed'

/** The order as it is after the commit. */
function asCancelled(locked: LockedOrder): Order {
  const { now, ...order } = locked
  return isCancellable(order) ? { ...order, status: 'cancelled', settledAt: now } : order
}
