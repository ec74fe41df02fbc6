import { commitAndPublish } from '@stockroom/messaging/announce'
import { currentInvocation, freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { job } from '@stockroom/telemetry/job'
import { pendingOrderAge } from '@stockroom/telemetry/shop-metrics'
import { orderCreatedEvent } from './order-placement.ts'
import { claimUnsettledOrders, makeAnnouncementsDue, pendingAgeSeconds } from './order-store.ts'

/** At most so many a run, so that a backlog isn't made worse. */
const ordersPerRun = 1000

/** How the function is invoked, beside its schedule. */
export interface Reannouncement {
  /** Every message is gone, as after a restart with the broker in process: all pending orders are due. */
  brokerIsEmpty?: boolean
}

/**
 * Tells again of orders that have been pending for over 30 s, so that they outlast a broker that lost its data. An order
 * says by itself that it is pending, so its event needs no outbox. While the broker takes no messages no order is taken:
 * what waits for the broker isn't lost.
 */
export const handler = job<Reannouncement>(async ({ brokerIsEmpty }) => {
  if (freezesAfterAnswer()) pendingOrderAge.set(await pendingAgeSeconds())
  const reannounced = await commitAndPublish('orders', async (trx, tell) => {
    if (brokerIsEmpty) await makeAnnouncementsDue(trx)
    const orders = await claimUnsettledOrders(trx, ordersPerRun)
    for (const { order, requestId } of orders) {
      log.info({ orderId: order.id, requestId }, 'a pending order is announced again')
      tell(orderCreatedEvent(order), requestId, currentInvocation()?.traceparent)
    }
    return orders.length
  })
  return { reannounced }
})
