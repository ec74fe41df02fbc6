import { groupCommit } from '@stockroom/database/group-commit'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { orderCreated } from '@stockroom/messaging/events'
import type { Order } from './order.ts'
import { insertOrders, type OrderDraft } from './order-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** An order in the database; its event is on its way. */
export interface PlacedOrder {
  order: Order
  /** Waits a moment for the broker to take the event over; never rejects. */
  announced: Promise<void>
}

/**
 * Stores an order and its event in one commit, shared with the orders that arrive at the same time.
 * @throws Unavailable when the database is away
 */
export const placeOrder: (draft: OrderDraft) => Promise<PlacedOrder> = groupCommit(placeOrders, {
  maxSize: 500,
})

async function placeOrders(drafts: readonly OrderDraft[]): Promise<PlacedOrder[]> {
  const { result: orders, announced } = await commitAndAnnounce('orders', async (trx, tell) => {
    const inserted = await insertOrders(trx, drafts)
    for (const [index, order] of inserted.entries()) tell(orderCreatedEvent(order), drafts[index]?.requestId)
    return inserted
  })
  await refreshRecentOrders(orders)
  return orders.map((order) => ({ order, announced }))
}

/** The event that tells of an order; it is told again while the order stays pending. */
export const orderCreatedEvent = ({ id, productId, quantity, totalPrice, createdAt }: Order) =>
  orderCreated.of({ orderId: id, productId, quantity, totalPrice, timestamp: createdAt })
