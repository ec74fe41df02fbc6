import type { Transaction } from '@stockroom/database/query'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { consumer } from '@stockroom/messaging/consumer'
import { orderCreated, stockReduced, stockRejected } from '@stockroom/messaging/events'
import { log } from '@stockroom/runtime/logger'
import { compareWithOrders } from '../orders/placed-orders.ts'
import { showProducts, warmProducts } from './catalogue.ts'
import { decideStock, isAbout, type StockDecision, type StockRequest } from './stock.ts'
import { disownDecisions, enterDecisions, findDecisions, lockStock, writeStock } from './stock-store.ts'

/**
 * An order that was decided before keeps its outcome and has it told again: its event may have been lost. Orders of a
 * product that somebody keeps locked come again later.
 */
export const handler = consumer([orderCreated], async ({ messages }) => {
  const { own, refused } = await compareWithOrders(messages)
  const requests = own.map(({ body }) => body)
  const origins = new Map(own.map((message) => [message.body.orderId, message]))

  const { result, announced } = await commitAndAnnounce('products', async (trx, tell) => {
    const { stock, locked } = await lockStock(trx, [...new Set(requests.map(({ productId }) => productId))])
    const earlier = await findOwnDecisions(trx, requests)
    const decided = new Set(earlier.map(({ orderId }) => orderId))
    const undecided = requests.filter(({ orderId }) => !decided.has(orderId))
    const { decisions, remaining } = decideStock(
      undecided.filter(({ productId }) => !locked.has(productId)),
      stock,
    )
    await enterDecisions(trx, decisions)
    const products = await writeStock(trx, remaining)
    for (const decision of [...earlier, ...decisions]) {
      const origin = origins.get(decision.orderId) as (typeof own)[number]
      tell(outcomeEvent(decision, origin.body.timestamp), origin.correlationId, origin.traceparent)
    }
    const waiting = new Set(undecided.filter(({ productId }) => locked.has(productId)))
    return { products, earlier, waiting }
  })
  await Promise.all([showProducts(result.products), showAgain(result.earlier), announced])
  return { refused, deferred: own.filter(({ body }) => result.waiting.has(body)) }
})

/** What the ledger has decided of these orders; what it has decided of others that had their ids before makes way. */
async function findOwnDecisions(
  trx: Transaction,
  requests: readonly StockRequest[],
): Promise<StockDecision[]> {
  const orders = new Map(requests.map((request) => [request.orderId, request]))
  const decisions = await findDecisions(trx, [...orders.keys()])
  const isOwn = (decision: StockDecision) => isAbout(decision, orders.get(decision.orderId) as StockRequest)
  const foreign = decisions.filter((decision) => !isOwn(decision))
  for (const { orderId, productId, quantity } of foreign)
    log.warn({ orderId, productId, quantity }, 'the ledger has decided another order under this id')
  await disownDecisions(
    trx,
    foreign.map(({ orderId }) => orderId),
  )
  return decisions.filter(isOwn)
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
