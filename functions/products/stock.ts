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

/**
 * Whether what was decided under an order's id was decided about this order, and not about another one that had the id
 * before. Of a refusal the ledger doesn't know for how many pieces it was.
 */
export function isAbout(decision: StockDecision, order: StockRequest): boolean {
  const { productId, quantity, outcome } = decision
  return productId === order.productId && (outcome !== 'sale' || quantity === order.quantity)
}

function outcomeOf(quantity: number, left: number | undefined): StockOutcome {
  if (left === undefined) return 'product-not-found'
  return quantity <= left ? 'sale' : 'insufficient-stock'
}
