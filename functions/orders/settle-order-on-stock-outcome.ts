import { readAndCommit } from '@stockroom/database/pipelined'
import { commitStatementsWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { consumer } from '@stockroom/messaging/consumer'
import {
  type EventOf,
  orderConfirmed,
  orderRejected,
  stockReduced,
  stockRejected,
  stockReturned,
} from '@stockroom/messaging/events'
import { showLine } from '@stockroom/runtime/terminal-lines'
import { settleSeconds } from '@stockroom/telemetry/shop-metrics'
import { lockForSettlement, noteReturned, type Settleable, type Settlement, settle } from './order-store.ts'
import { compare } from './placed-orders.ts'
import { refreshRecentOrders } from './recent-orders.ts'

type Outcome = EventOf<typeof stockReduced | typeof stockRejected>
type Return = EventOf<typeof stockReturned>

/** An order that this batch settles. */
interface Settled extends Settlement {
  order: Settleable
}

/** An order that somebody has locked is settled later; one that is cancelled stays so, whatever its outcome. */
export const handler = consumer([stockReduced, stockRejected, stockReturned], async ({ messages }) => {
  const ids = [...new Set(messages.map(({ body }) => body.orderId))]

  const result = await commitStatementsWithOutbox('orders', (outbox) =>
    readAndCommit('orders', lockForSettlement(ids), (rows: Settleable[]) => {
      const orders = new Map(rows.map((order) => [order.id, order]))
      const { own, refused } = compare(messages, orders)
      const outcomes = new Map(own.filter(isOutcome).map((outcome) => [outcome.body.orderId, outcome]))
      const settled = [...outcomes.values()].flatMap((outcome) => {
        const order = orders.get(outcome.body.orderId) as Settleable
        return order.isSettled || order.isLocked ? [] : { order, ...settlementOf(outcome) }
      })
      for (const one of settled)
        outbox.record(
          settledEvent(one),
          one.order.requestId ?? undefined,
          outcomes.get(one.orderId)?.traceparent,
        )
      const returned = own.filter((message) => !isOutcome(message)).map(({ body }) => body.orderId)
      const deferred = own.filter(({ body }) => orders.get(body.orderId)?.isLocked)
      return {
        writes: [...outbox.changes(), ...settle(settled), ...noteReturned([...new Set(returned)])],
        result: () => ({ settled, unhandled: { refused, deferred } }),
      }
    }),
  )
  for (const one of result.settled) {
    settleSeconds.of(one.status).observe(secondsToSettle(one))
    showLine(() => lineOf(one))
  }
  // Of those that were settled before, too: whoever settled them may have died before their lists were dropped.
  await refreshRecentOrders(messages.map(({ body }) => body))
  return result.unhandled
})

const isOutcome = <Message extends Outcome | Return>(message: Message): message is Message & Outcome =>
  message.name !== 'stock.returned'

function settlementOf({ name, body }: Outcome): Settlement {
  return name === 'stock.reduced'
    ? { orderId: body.orderId, status: 'confirmed', reason: null }
    : { orderId: body.orderId, status: 'rejected', reason: body.reason }
}

const secondsToSettle = ({ order }: Settled): number =>
  (Date.parse(order.now) - Date.parse(order.createdAt)) / 1000

const lineOf = ({ orderId, order: { productId, quantity }, status, reason }: Settled): string =>
  `order ${orderId}: ${quantity} of product ${productId}, ${reason ? `${status}: ${reason}` : status}`

function settledEvent({ orderId, order: { productId, quantity, now }, reason }: Settled) {
  const body = { orderId, productId, quantity, timestamp: now }
  return reason ? orderRejected.of({ ...body, reason }) : orderConfirmed.of(body)
}
