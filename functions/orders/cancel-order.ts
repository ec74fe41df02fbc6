import type { Transaction } from '@stockroom/database/query'
import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { noteOrder } from '@stockroom/runtime/invocation'
import { cancelledOrders } from '@stockroom/telemetry/shop-metrics'
import type { Order } from './order.ts'
import { orderCancelledEvent } from './order-placement.ts'
import { cancelOrder, lockOrder } from './order-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

export const handler = endpoint(async ({ path, requestId, traceparent }) => {
  const id = pathId(path.id, 'order-not-found')
  noteOrder(id)
  const { result, announced } = await commitAndAnnounce('orders', async (trx, tell) => {
    const before = await lockCancellable(trx, id)
    if (before.status === 'cancelled') return { before, order: before }
    const order = await cancelOrder(trx, id)
    tell(orderCancelledEvent(order), requestId, traceparent)
    return { before, order }
  })
  const { before, order } = result
  if (before !== order) cancelledOrders.of(before.status).add()
  // Of one that was cancelled before, too: whoever did it may have died before the list was dropped.
  await Promise.all([refreshRecentOrders([order]), announced])

  return json(200, order)
})

async function lockCancellable(trx: Transaction, id: number): Promise<Order> {
  const order = await lockOrder(trx, id)
  if (!order) throw new Problem('order-not-found', `There is no order ${id}.`)
  if (order.status === 'rejected')
    throw new Problem('order-rejected', `Order ${id} is rejected: it holds no stock.`)
  return order
}
