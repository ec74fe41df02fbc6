import { readAndCommit } from '@stockroom/database/pipelined'
import { commitAndPublish } from '@stockroom/messaging/commit-and-publish'
import { consumer } from '@stockroom/messaging/consumer'
import { type EventOf, orderCancelled, stockReturned } from '@stockroom/messaging/events'
import { compareWithOrders } from '../orders/placed-orders.ts'
import { warmProducts, writeThrough } from './catalogue.ts'
import { largestStock } from './movement.ts'
import type { Product } from './product.ts'
import { decideReturns, isAbout, type StockReturn } from './stock.ts'
import { disownDecisions, enterReturns, type LockedRow, lockAndRead, lockedStock } from './stock-store.ts'

type Cancellation = EventOf<typeof orderCancelled>['body']

/**
 * An order that has given its stock back keeps that and has it told again: the event may have been lost. One whose stock
 * wasn't decided yet will get none. Orders of a product that somebody keeps locked come again later.
 */
export const handler = consumer([orderCancelled], async ({ messages }) => {
  const { own, refused } = await compareWithOrders(messages)
  const origins = new Map(own.map((message) => [message.body.orderId, message]))

  const result = await commitAndPublish(async (record) => {
    const returned = await returnBatch([...origins.values()].map(({ body }) => body))
    for (const one of returned.returns) {
      const origin = origins.get(one.orderId) as (typeof own)[number]
      record(returnedEvent(one, origin.body.timestamp), origin.correlationId, origin.traceparent)
    }
    return returned
  })
  await Promise.all([writeThrough(result.products), showAgain(result.returns)])
  return { refused, deferred: own.filter(({ body }) => result.waiting.has(body.productId)) }
})

/** Gives the stock of cancelled orders back in one transaction, and tells what became of them, and what has to wait. */
function returnBatch(cancellations: readonly Cancellation[]) {
  const productIds = [...new Set(cancellations.map(({ productId }) => productId))]
  const orders = new Map(cancellations.map((cancellation) => [cancellation.orderId, cancellation]))

  return readAndCommit('products', lockAndRead(productIds, [...orders.keys()]), (rows: LockedRow[]) => {
    const { stock, locked, decisions } = lockedStock(productIds, rows)
    const free = cancellations.filter(({ productId }) => !locked.has(productId))
    const isOwn = (decision: (typeof decisions)[number]) =>
      isAbout(decision, orders.get(decision.orderId) as Cancellation)
    const own = decisions.filter(isOwn)
    const foreign = decisions
      .filter((decision) => !isOwn(decision))
      .map(({ orderId }) => orderId)
      .filter((orderId) => free.some((one) => one.orderId === orderId))
    const { returns, remaining, entries } = decideReturns(free, own, stock, largestStock)
    return {
      writes: [
        ...(foreign.length > 0 ? [disownDecisions(foreign)] : []),
        ...(entries.length > 0 ? [enterReturns(entries, remaining)] : []),
      ],
      result: (products: (Product & { version: number })[]) => ({
        products: products.map(({ version, ...product }) => ({ product, version })),
        returns,
        waiting: locked,
      }),
    }
  })
}

/** Whoever returned these before may have died before the stock was shown. */
async function showAgain(returns: readonly StockReturn[]): Promise<void> {
  const earlier = returns.filter(({ outcome }) => outcome === 'returned-before')
  if (earlier.length > 0) await warmProducts(earlier.map(({ productId }) => productId))
}

/** A return is never older than the cancellation, whichever clock is ahead. */
function returnedEvent({ orderId, productId, returned }: StockReturn, cancelledAt: string) {
  const timestamp = new Date(Math.max(Date.now(), Date.parse(cancelledAt))).toISOString()
  return stockReturned.of({ orderId, productId, quantity: returned, timestamp })
}
