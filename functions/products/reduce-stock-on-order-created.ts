import { consumer } from '@stockroom/messaging/consumer'
import { orderCreated, stockReduced, stockRejected } from '@stockroom/messaging/events'
import { decideStock, type EarlierDecision, type StockDecision } from './stock.ts'
import { type Decidable, type Decided, decideBatch } from './stock-batch.ts'
import { enterDecisions } from './stock-store.ts'

/** An order that was decided before keeps its outcome; one that was cancelled before it was decided gets nothing. */
export const handler = consumer([orderCreated], (batch) => decideBatch(batch, sell, outcomeEvent))

function sell({ orders, ledger, stock }: Decidable): Decided<StockDecision> {
  const known = new Set(ledger.map(({ orderId }) => orderId))
  const undecided = orders.filter(({ orderId }) => !known.has(orderId))
  const { decisions, remaining } = decideStock(undecided, stock)
  return {
    entry: decisions.length > 0 ? enterDecisions(decisions, remaining) : undefined,
    outcomes: decisions,
    earlier: ledger.filter(isSettled),
  }
}

/** Whether there is something to tell of: nobody waits for what becomes of a cancelled order. */
function isSettled(decision: EarlierDecision): decision is EarlierDecision & StockDecision {
  return decision.outcome !== 'cancelled'
}

function outcomeEvent({ orderId, productId, quantity, outcome }: StockDecision, timestamp: string) {
  return outcome === 'sale'
    ? stockReduced.of({ orderId, productId, quantity, timestamp })
    : stockRejected.of({ orderId, productId, reason: outcome, timestamp })
}
