import { readAndCommit } from '@stockroom/database/pipelined'
import { commitAndPublish } from '@stockroom/messaging/commit-and-publish'
import { consumer } from '@stockroom/messaging/consumer'
import { type EventOf, orderCreated, stockReduced, stockRejected } from '@stockroom/messaging/events'
import { log } from '@stockroom/runtime/logger'
import { compareWithOrders } from '../orders/placed-orders.ts'
import { warmProducts, writeThrough } from './catalogue.ts'
import type { Product } from './product.ts'
import { decideStock, type EarlierDecision, isAbout, type StockDecision } from './stock.ts'
import { disownDecisions, enterDecisions, type LockedRow, lockAndRead, lockedStock } from './stock-store.ts'

/**
 * An order that was decided before keeps its outcome and has it told again: its event may have been lost. Orders of a
 * product that somebody keeps locked come again later. One that was cancelled before it was decided gets nothing.
 */
export const handler = consumer([orderCreated], async ({ messages }) => {
  const { own, refused } = await compareWithOrders(messages)
  const origins = new Map(own.map((message) => [message.body.orderId, message]))

  const result = await commitAndPublish(async (record) => {
    const decided = await decideBatch(own.map(({ body }) => body))
    for (const decision of [...decided.earlier, ...decided.decisions]) {
      const origin = origins.get(decision.orderId) as (typeof own)[number]
      record(outcomeEvent(decision, origin.body.timestamp), origin.correlationId, origin.traceparent)
    }
    return decided
  })
  await Promise.all([writeThrough(result.products), showAgain(result.earlier)])
  return { refused, deferred: own.filter(({ body }) => result.waiting.has(body)) }
})

type OrderPlaced = EventOf<typeof orderCreated>['body']

/** Decides the orders of a batch in one transaction, and tells what became of them, and what of them has to wait. */
function decideBatch(requests: readonly OrderPlaced[]) {
  const productIds = [...new Set(requests.map(({ productId }) => productId))]
  const orders = new Map(requests.map((request) => [request.orderId, request]))

  return readAndCommit('products', lockAndRead(productIds, [...orders.keys()]), (rows: LockedRow[]) => {
    const { stock, locked, decisions: former } = lockedStock(productIds, rows)
    const isOwn = (decision: EarlierDecision) =>
      isAbout(decision, orders.get(decision.orderId) as OrderPlaced)
    const earlier = former.filter(isOwn)
    const foreign = former.filter((decision) => !isOwn(decision))
    const known = new Set(earlier.map(({ orderId }) => orderId))
    const undecided = requests.filter(({ orderId }) => !known.has(orderId))
    const waiting = new Set(undecided.filter(({ productId }) => locked.has(productId)))
    const { decisions, remaining } = decideStock(
      undecided.filter((request) => !waiting.has(request)),
      stock,
    )
    warnOf(foreign)
    return {
      writes: [
        ...(foreign.length > 0 ? [disownDecisions(foreign.map(({ orderId }) => orderId))] : []),
        ...(decisions.length > 0 ? [enterDecisions(decisions, remaining)] : []),
      ],
      result: (products: (Product & { version: number })[]) => ({
        products: products.map(({ version, ...product }) => ({ product, version })),
        decisions,
        earlier: earlier.filter(isSettled),
        waiting,
      }),
    }
  })
}

/** Whether there is something to tell of: nobody waits for what becomes of a cancelled order. */
function isSettled(decision: EarlierDecision): decision is EarlierDecision & StockDecision {
  return decision.outcome !== 'cancelled'
}

function warnOf(foreign: readonly EarlierDecision[]): void {
  for (const { orderId, productId, quantity } of foreign)
    log.warn({ orderId, productId, quantity }, 'the ledger has decided another order under this id')
}

/** Whoever decided these may have died before the stock was shown. */
async function showAgain(earlier: readonly StockDecision[]): Promise<void> {
  if (earlier.length > 0) await warmProducts(earlier.map(({ productId }) => productId))
}

/** An outcome is never older than its order, whichever clock is ahead: an older one belongs to another order. */
function outcomeEvent({ orderId, productId, quantity, outcome }: StockDecision, orderedAt: string) {
  const timestamp = new Date(Math.max(Date.now(), Date.parse(orderedAt))).toISOString()
  return outcome === 'sale'
    ? stockReduced.of({ orderId, productId, quantity, timestamp })
    : stockRejected.of({ orderId, productId, reason: outcome, timestamp })
}
