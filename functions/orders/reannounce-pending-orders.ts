import { publishAfter } from '@stockroom/messaging/commit-and-publish'
import { countWaiting } from '@stockroom/messaging/queue-inspection'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { processPolicy } from '@stockroom/runtime/process-policy'
import { job } from '@stockroom/telemetry/job'
import { pendingOrderAge } from '@stockroom/telemetry/shop-metrics'
import type { Order } from './order.ts'
import { orderCancelledEvent, orderCreatedEvent } from './order-placement.ts'
import {
  claimReturningOrders,
  claimUnsettledOrders,
  countOpen,
  makeAnnouncementsDue,
  pendingAgeSeconds,
  type TracedOrder,
} from './order-store.ts'

/** At most so many a run, so that a backlog isn't made worse. */
const ordersPerRun = 1000

/** How the function is invoked, beside its schedule. */
export interface Reannouncement {
  /** Every message is gone, as after a restart with the broker in process: all orders that wait are due. */
  brokerIsEmpty?: boolean
}

/**
 * Tells again of orders that have been pending for over 5 s, and of cancelled ones that aren't known to have given their
 * stock back, so that they outlast the loss of any event on their way, and a broker that lost its data. While the broker takes no messages no order is taken: what waits for the broker isn't lost.
 */
export const handler = job<Reannouncement>(async ({ brokerIsEmpty }) => {
  if (processPolicy().sweepsRecordBacklog) pendingOrderAge.set(await pendingAgeSeconds())
  const reannounced = await publishAfter(async (record) => {
    const orders = await takeLostOrders(brokerIsEmpty)
    for (const { order, requestId } of orders) {
      log.info({ orderId: order.id, requestId }, `a ${order.status} order is announced again`)
      record(eventOf(order), requestId, currentInvocation()?.traceparent)
    }
    return orders.length
  })
  return { reannounced }
})

const eventOf = (order: Order) =>
  order.status === 'cancelled' ? orderCancelledEvent(order) : orderCreatedEvent(order)

/** Orders whose announcement is due, less those that plainly wait in a queue: a backlog is no loss. */
async function takeLostOrders(brokerIsEmpty = false): Promise<TracedOrder[]> {
  if (brokerIsEmpty) await makeAnnouncementsDue()
  const { pending, returning } = await countOpen()
  if (pending + returning === 0) return []
  const limit = Math.min(pending + returning - (await countWaiting()), ordersPerRun)
  const unsettled = pending > 0 && limit > 0 ? await claimUnsettledOrders(limit) : []
  const left = limit - unsettled.length
  return returning > 0 && left > 0 ? [...unsettled, ...(await claimReturningOrders(left))] : unsettled
}
