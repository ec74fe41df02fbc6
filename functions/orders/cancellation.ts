import { groupCommit } from '@stockroom/database/group-commit'
import { readAndCommit } from '@stockroom/database/pipelined'
import { commitWithOutbox } from '@stockroom/messaging/announce'
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

/** What became of a request. */
export interface Cancellation {
  /** The order as it is now, cancelled unless it was rejected before; undefined where there is none. */
  order: Order | undefined
  /** When it resolves, which it always does, lists show the order, and on Lambda the broker has had a moment. */
  announced: Promise<void>
}

/**
 * Cancels an order that is pending or confirmed, in a commit shared with the cancellations that arrive at the same time: a
 * crowd of them takes no more connections than one.
 * @throws Unavailable when the database is away: nothing is stored then
 * @throws OutcomeUnknown when the database goes away during the commit
 */
export const cancelOrder: (request: CancellationRequest) => Promise<Cancellation> = groupCommit(cancelGroup, {
  maxSize: 500,
})

async function cancelGroup(requests: readonly CancellationRequest[]): Promise<Cancellation[]> {
  const firsts = new Map(requests.toReversed().map((request) => [request.orderId, request]))
  const { result, announced } = await commitWithOutbox('orders', (outbox) =>
    readAndCommit('orders', lockOrders([...firsts.keys()]), (rows: LockedOrder[]) => {
      const orders = rows.map(asCancelled)
      const fresh = orders.filter((_, index) => isCancellable(rows[index] as LockedOrder))
      for (const order of fresh) {
        const { requestId, traceparent } = firsts.get(order.id) as CancellationRequest
        outbox.tell(orderCancelledEvent(order), requestId, traceparent)
      }
      return {
        writes: [...outbox.changes(), ...cancel(fresh.map(({ id }) => id))],
        result: () => ({ orders, before: rows.filter(isCancellable) }),
      }
    }),
  )
  for (const { status } of result.before) cancelledOrders.of(status).add()
  // Of those that were cancelled before, too: whoever did it may have died before their lists were dropped.
  const told = Promise.all([refreshRecentOrders(result.orders), announced]).then(() => {})
  const present = new Map(result.orders.map((order) => [order.id, order]))
  return requests.map(({ orderId }) => ({ order: present.get(orderId), announced: told }))
}

const isCancellable = ({ status }: Order) => status === 'pending' || status === 'confirmed'

/** The order as it is after the commit. */
function asCancelled(locked: LockedOrder): Order {
  const { now, ...order } = locked
  return isCancellable(order) ? { ...order, status: 'cancelled', settledAt: now } : order
}
