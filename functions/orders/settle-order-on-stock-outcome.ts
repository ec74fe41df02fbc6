import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { consumer } from '@stockroom/messaging/consumer'
import {
  type EventOf,
  orderConfirmed,
  orderRejected,
  stockReduced,
  stockRejected,
} from '@stockroom/messaging/events'
import { showLine } from '@stockroom/runtime/terminal-lines'
import { settleSeconds } from '@stockroom/telemetry/shop-metrics'
import type { Order } from './order.ts'
import { findPending, type Settlement, settleOrders } from './order-store.ts'
import { compareWithOrders } from './placed-orders.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** An order that somebody has locked is settled later. */
export const handler = consumer([stockReduced, stockRejected], async ({ messages }) => {
  const { own, refused } = await compareWithOrders(messages)
  const outcomes = new Map(own.map((outcome) => [outcome.body.orderId, outcome]))

  const { result, announced } = await commitAndAnnounce('orders', async (trx, tell) => {
    const orders = await settleOrders(trx, [...outcomes.values()].map(settlementOf))
    for (const { order, requestId } of orders)
      tell(settledEvent(order), requestId, outcomes.get(order.id)?.traceparent)
    const settled = new Set(orders.map(({ order }) => order.id))
    const unsettled = [...outcomes.keys()].filter((id) => !settled.has(id))
    return { orders, locked: await findPending(trx, unsettled) }
  })
  const { orders, locked } = result
  for (const { order } of orders) {
    settleSeconds.of(order.status).observe(secondsToSettle(order))
    showLine(() => lineOf(order))
  }
  // Of those that were settled before, too: whoever settled them may have died before their lists were dropped.
  await Promise.all([refreshRecentOrders(messages.map(({ body }) => body)), announced])
  return { refused, deferred: own.filter(({ body }) => locked.has(body.orderId)) }
})

function settlementOf({ name, body }: EventOf<typeof stockReduced | typeof stockRejected>): Settlement {
  return name === 'stock.reduced'
    ? { orderId: body.orderId, status: 'confirmed', reason: null }
    : { orderId: body.orderId, status: 'rejected', reason: body.reason }
}

const secondsToSettle = ({ createdAt, settledAt }: Order): number =>
  (Date.parse(settledAt as string) - Date.parse(createdAt)) / 1000

const lineOf = ({ id, productId, quantity, status, reason }: Order): string =>
  `order ${id}: ${quantity} of product ${productId}, ${reason ? `${status}: ${reason}` : status}`

function settledEvent({ id, productId, quantity, reason, settledAt }: Order) {
  const body = { orderId: id, productId, quantity, timestamp: settledAt as string }
  return reason ? orderRejected.of({ ...body, reason }) : orderConfirmed.of(body)
}
