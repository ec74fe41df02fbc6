import { readAndCommit, type Statement } from '@stockroom/database/pipelined'
import type { Batch } from '@stockroom/messaging/batch'
import { commitAndPublish } from '@stockroom/messaging/commit-and-publish'
import type { Unhandled } from '@stockroom/messaging/consumer'
import type { EventOf, orderCancelled, orderCreated, ShopEvent } from '@stockroom/messaging/events'
import type { Received } from '@stockroom/messaging/parse-message'
import { log } from '@stockroom/runtime/logger'
import { compareWithOrders } from '../orders/placed-orders.ts'
import { warmProducts, writeThrough } from './catalogue.ts'
import type { Product } from './product.ts'
import { type EarlierDecision, isAbout, type StockRequest } from './stock.ts'
import { disownDecisions, type LockedRow, lockAndRead, lockedStock } from './stock-store.ts'

type StockEvent = EventOf<typeof orderCreated | typeof orderCancelled>
type StockOrder = StockEvent['body']

/** What may be decided about, under the locks of the products. */
export interface Decidable {
  /** The orders of the batch, each once, but for those whose product somebody else keeps locked. */
  orders: readonly StockOrder[]
  /** What the ledger has decided of any order of the batch. */
  ledger: readonly EarlierDecision[]
  /** What is left of each product that exists. */
  stock: ReadonlyMap<number, number>
}

/** What was decided. */
export interface Decided<Outcome> {
  /** Enters it into the ledger; undefined where there is nothing to enter. */
  entry: Statement | undefined
  /** What became of orders now. */
  outcomes: readonly Outcome[]
  /** What became of orders before: it is told again, as its event may have been lost. */
  earlier: readonly Outcome[]
}

/**
 * Decides about the orders of a batch in one transaction and publishes what became of them. Resolves to what a consumer
 * answers: messages about other orders are refused, and those of a product that stays locked come again later.
 * @param eventOf makes the event of an outcome, with the time that it has
 * @throws Unavailable when the database is away: nothing is stored or published then
 */
export async function decideBatch<Event extends StockEvent, Outcome extends StockRequest>(
  { messages }: Batch<Event>,
  decide: (decidable: Decidable) => Decided<Outcome>,
  eventOf: (outcome: Outcome, timestamp: string) => ShopEvent,
): Promise<Unhandled<Event>> {
  const { own, refused } = await compareWithOrders(messages)
  const origins = new Map(own.map((message) => [message.body.orderId, message]))
  const orders = [...origins.values()].map(({ body }) => body)

  const { products, locked, outcomes, earlier } = await commitAndPublish(async (record) => {
    const result = await decideUnderLock(orders, decide)
    for (const outcome of [...result.earlier, ...result.outcomes]) {
      const { body, correlationId, traceparent } = origins.get(outcome.orderId) as Received<Event>
      record(eventOf(outcome, notBefore(body.timestamp)), correlationId, traceparent)
    }
    return result
  })
  await Promise.all([writeThrough(products), showAgain(earlier)])
  const done = new Set([...earlier, ...outcomes].map(({ orderId }) => orderId))
  return {
    refused,
    deferred: own.filter(({ body }) => locked.has(body.productId) && !done.has(body.orderId)),
  }
}

function decideUnderLock<Outcome>(
  orders: readonly StockOrder[],
  decide: (decidable: Decidable) => Decided<Outcome>,
) {
  const productIds = [...new Set(orders.map(({ productId }) => productId))]
  const byId = new Map(orders.map((order) => [order.orderId, order]))

  return readAndCommit('products', lockAndRead(productIds, [...byId.keys()]), (rows: LockedRow[]) => {
    const { stock, locked, decisions } = lockedStock(productIds, rows)
    const free = orders.filter(({ productId }) => !locked.has(productId))
    const isOwn = (decision: EarlierDecision) => isAbout(decision, byId.get(decision.orderId) as StockOrder)
    const { entry, ...decided } = decide({ orders: free, ledger: decisions.filter(isOwn), stock })
    return {
      writes: [disown(decisions.filter((one) => !isOwn(one))), entry].filter((statement) => !!statement),
      result: (products: (Product & { version: number })[]) => ({
        products: products.map(({ version, ...product }) => ({ product, version })),
        locked,
        ...decided,
      }),
    }
  })
}

/** The ids of orders that are gone are for those that have them now. */
function disown(foreign: readonly EarlierDecision[]): Statement | undefined {
  for (const { orderId, productId, quantity } of foreign)
    log.warn({ orderId, productId, quantity }, 'the ledger has decided another order under this id')
  return foreign.length > 0 ? disownDecisions(foreign.map(({ orderId }) => orderId)) : undefined
}

/** Whoever decided these may have died before the stock was shown. */
async function showAgain(earlier: readonly StockRequest[]): Promise<void> {
  if (earlier.length > 0) await warmProducts(earlier.map(({ productId }) => productId))
}

/** An outcome is never older than its cause, whichever clock is ahead: an older one belongs to another order. */
const notBefore = (timestamp: string) => new Date(Math.max(Date.now(), Date.parse(timestamp))).toISOString()
