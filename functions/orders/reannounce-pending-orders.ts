import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { job } from '@stockroom/runtime/job'
import { reportSeconds } from '@stockroom/runtime/metrics'
import { orderCreatedEvent } from './order-placement.ts'
import { claimUnsettledOrders, makeAnnouncementsDue, pendingAgeSeconds } from './order-store.ts'

/** At most so many a run, so that a backlog isn't made worse. */
const ordersPerRun = 1000

/** How the function is invoked, beside its schedule. */
export interface Reannouncement {
  /** Every message is gone, as after a restart with the broker in process: all pending orders are due. */
  brokerIsEmpty?: boolean
}

/** Tells again of orders that have been pending for over 30 s, so that they outlast a broker that lost its data. */
export const handler = job<Reannouncement>(async ({ brokerIsEmpty }) => {
  const { result: reannounced, announced } = await commitAndAnnounce('orders', async (trx, tell) => {
    if (brokerIsEmpty) await makeAnnouncementsDue(trx)
    const orders = await claimUnsettledOrders(trx, ordersPerRun)
    for (const { order, requestId } of orders) tell(orderCreatedEvent(order), requestId)
    return orders.length
  })
  await announced
  await reportSeconds('PendingOrderAge', pendingAgeSeconds)
  return { reannounced }
})
