/** An order that wants stock. */
export interface StockRequest {
  orderId: number
  productId: number
  quantity: number
}

/** What became of an order: it took its stock, or why it didn't. */
export type StockOutcome = 'sale' | 'insufficient-stock' | 'product-not-found'

export interface StockDecision extends StockRequest {
  outcome: StockOutcome
}

/**
 * Decides which orders get the stock: first come, first served, each order once. An order that is too large for what
 * is left leaves it to smaller ones behind it. The same order twice in `requests` is decided once.
 *
 * @param stock what is left of each product that exists; it isn't changed
 * @returns the decisions in the order of the requests, and what is left of the products that were sold
 */
export function decideStock(
  requests: readonly StockRequest[],
  stock: ReadonlyMap<number, number>,
): { decisions: StockDecision[]; remaining: Map<number, number> } {
  const decisions = new Map<number, StockDecision>()
  const remaining = new Map<number, number>()
  for (const request of requests) {
    if (decisions.has(request.orderId)) continue
    const { productId, quantity } = request
    const left = remaining.get(productId) ?? stock.get(productId)
    const outcome = outcomeOf(quantity, left)
    if (outcome === 'sale') remaining.set(productId, (left as number) - quantity)
    decisions.set(request.orderId, { ...request, outcome })
  }
  return { decisions: [...decisions.values()], remaining }
}

/** What the ledger says of an order that was decided before. */
export interface EarlierDecision extends StockRequest {
  /** `cancelled` where the cancellation came before the decision. */
  outcome: StockOutcome | 'cancelled'
  /** When the ledger has heard that the order was cancelled; null where it hasn't. */
  cancelledAt: string | null
}

/**
 * Whether what was decided under an order's id was decided about this order, and not about another one that had the id
 * before. Of a refusal the ledger doesn't know for how many pieces it was; what was cancelled before `timestamp`, the time
 * of the order or of its cancellation, was another one.
 */
export function isAbout(decision: EarlierDecision, order: StockRequest & { timestamp: string }): boolean {
  const { productId, quantity, outcome, cancelledAt } = decision
  if (productId !== order.productId || (outcome === 'sale' && quantity !== order.quantity)) return false
  return cancelledAt === null || Date.parse(cancelledAt) >= Date.parse(order.timestamp)
}

/** An order that was cancelled, and when. */
export interface Cancellation extends StockRequest {
  timestamp: string
}

/** What became of a cancelled order, and how many pieces it has given back. */
export interface StockReturn extends StockRequest {
  outcome: 'return' | 'returned-before' | 'cancelled' | 'nothing-taken'
  returned: number
}

/** What is entered into the ledger for a return. */
export interface ReturnEntry {
  orderId: number | null
  productId: number
  change: number
  kind: 'return' | 'cancelled' | 'adjustment' | 'removal'
  reason?: string
  /** Not before this time, of an entry that belongs to an order. */
  createdAt?: string
}

/**
 * Decides what cancelled orders give back: those that took stock all of it, once; those that weren't decided nothing, and
 * they will get nothing. What comes back to a deleted product is removed with it, and what a product has no room for is
 * taken out, so that the books balance.
 *
 * @param decisions what the ledger has decided of these orders
 * @param stock what is left of each product that exists; it isn't changed
 */
export function decideReturns(
  cancellations: readonly Cancellation[],
  decisions: readonly EarlierDecision[],
  stock: ReadonlyMap<number, number>,
  largestStock: number,
): { returns: StockReturn[]; entries: ReturnEntry[]; remaining: Map<number, number> } {
  const decided = new Map(decisions.map((decision) => [decision.orderId, decision]))
  const returns = cancellations.map((one) => returnOf(one, decided.get(one.orderId)))
  const entries: ReturnEntry[] = []
  const remaining = new Map<number, number>()
  for (const [index, { orderId, productId, returned, outcome }] of returns.entries()) {
    if (outcome !== 'return' && outcome !== 'cancelled') continue
    const { timestamp: createdAt } = cancellations[index] as Cancellation
    entries.push({ orderId, productId, change: returned, kind: outcome, createdAt })
    if (outcome === 'cancelled') continue
    const left = remaining.get(productId) ?? stock.get(productId)
    if (left === undefined) entries.push({ orderId: null, productId, change: -returned, kind: 'removal' })
    else remaining.set(productId, left + returned)
  }
  for (const [productId, qty] of remaining) {
    if (qty <= largestStock) continue
    const change = largestStock - qty
    entries.push({
      orderId: null,
      productId,
      change,
      kind: 'adjustment',
      reason: 'There was no room for a return',
    })
    remaining.set(productId, largestStock)
  }
  return { returns, entries, remaining }
}

function returnOf({ orderId, productId, quantity }: Cancellation, decision?: EarlierDecision): StockReturn {
  const order = { orderId, productId, quantity }
  if (!decision) return { ...order, outcome: 'cancelled', returned: 0 }
  if (decision.outcome !== 'sale') return { ...order, outcome: 'nothing-taken', returned: 0 }
  return {
    ...order,
    outcome: decision.cancelledAt === null ? 'return' : 'returned-before',
    returned: quantity,
  }
}

function outcomeOf(quantity: number, left: number | undefined): StockOutcome {
  if (left === undefined) return 'product-not-found'
  return quantity <= left ? 'sale' : 'insufficient-stock'
}
