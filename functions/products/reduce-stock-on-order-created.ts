import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { consumer } from '@stockroom/messaging/consumer'
import { orderCreated, stockReduced, stockRejected } from '@stockroom/messaging/events'
import { showProducts } from './catalogue.ts'
import { decideStock, type StockDecision } from './stock.ts'
import { enterDecisions, findDecisions, lockStock, writeStock } from './stock-store.ts'

/**
 * An order that was decided before keeps its outcome and has it told again: its event may have been lost. Orders of a
 * product that somebody keeps locked come again later.
 */
export const handler = consumer([orderCreated], async ({ messages }) => {
  const requests = messages.map(({ body }) => body)
  const origins = new Map(messages.map((message) => [message.body.orderId, message]))

  const { result, announced } = await commitAndAnnounce('products', async (trx, tell) => {
    const { stock, locked } = await lockStock(trx, [...new Set(requests.map(({ productId }) => productId))])
    const earlier = await findDecisions(trx, [...origins.keys()])
    const decided = new Set(earlier.map(({ orderId }) => orderId))
    const undecided = requests.filter(({ orderId }) => !decided.has(orderId))
    const { decisions, remaining } = decideStock(
      undecided.filter(({ productId }) => !locked.has(productId)),
      stock,
    )
    await enterDecisions(trx, decisions)
    const products = await writeStock(trx, remaining)
    for (const decision of [...earlier, ...decisions]) {
      const origin = origins.get(decision.orderId)
      tell(outcomeEvent(decision), origin?.correlationId, origin?.traceparent)
    }
    const waiting = new Set(undecided.filter(({ productId }) => locked.has(productId)))
    return { products, waiting }
  })
  await Promise.all([showProducts(result.products), announced])
  return { deferred: messages.filter(({ body }) => result.waiting.has(body)) }
})

function outcomeEvent({ orderId, productId, quantity, outcome }: StockDecision) {
  const timestamp = new Date().toISOString()
  return outcome === 'sale'
    ? stockReduced.of({ orderId, productId, quantity, timestamp })
    : stockRejected.of({ orderId, productId, reason: outcome, timestamp })
}
