/** An order as the audit sees it. */
export interface OrderRow {
  id: number
  productId: number
  quantity: number
  status: 'pending' | 'confirmed' | 'rejected'
}

/** What the ledger says of an order: a sale takes stock, anything else is a refusal. */
export interface DecisionRow {
  orderId: number
  productId: number
  change: number
  kind: string
}

/** What the orders and the ledger say of one product. */
export interface ProductTally {
  /** Pieces of confirmed orders. */
  sold: number
  /** Pieces that pending orders have taken. */
  reserved: number
  /** Pieces that the ledger says are gone. */
  gone: number
}

/** Adds up orders and compares each with what the ledger says of it. */
export class Tally {
  readonly orders = { accepted: 0, pending: 0, confirmed: 0, rejected: 0 }
  readonly breaches: string[] = []
  readonly #products = new Map<number, ProductTally>()

  product(id: number): ProductTally {
    const present = this.#products.get(id)
    if (present) return present
    const empty = { sold: 0, reserved: 0, gone: 0 }
    this.#products.set(id, empty)
    return empty
  }

  /** Compares a run of orders with all decisions of the same run of ids, and returns the decisions without an order. */
  compare(orders: readonly OrderRow[], decisions: readonly DecisionRow[]): DecisionRow[] {
    const open = new Map(decisions.map((decision) => [decision.orderId, decision]))
    for (const order of orders) {
      this.#count(order, open.get(order.id))
      open.delete(order.id)
    }
    return [...open.values()]
  }

  /** Notes decisions for which there is no order at all. */
  noteLost(decisions: readonly DecisionRow[]): void {
    for (const { orderId, kind } of decisions) {
      this.breaches.push(`order ${orderId} does not exist, but the ledger has decided it (${kind})`)
    }
  }

  #count(order: OrderRow, decision: DecisionRow | undefined): void {
    const { status, productId, quantity } = order
    this.orders.accepted += 1
    this.orders[status] += 1
    const isSale = decision?.kind === 'sale'
    const product = this.product(productId)
    if (status === 'confirmed') product.sold += quantity
    if (status === 'pending' && isSale) product.reserved += quantity
    if (isSale) this.product(decision.productId).gone -= decision.change
    const breach = breachOf(order, decision)
    if (breach) this.breaches.push(`order ${order.id} ${breach}`)
  }
}

function breachOf(
  { status, productId, quantity }: OrderRow,
  decision: DecisionRow | undefined,
): string | undefined {
  if (!decision) return status === 'pending' ? undefined : `is ${status}, but the ledger has not decided it`
  const { kind, change } = decision
  if (status === 'confirmed' && kind !== 'sale') return `is confirmed, but the ledger refused it (${kind})`
  if (status === 'rejected' && kind === 'sale') return `is rejected, but has taken ${-change} pieces`
  if (decision.productId !== productId)
    return `is for product ${productId}, but was decided for ${decision.productId}`
  if (kind === 'sale' && change !== -quantity) return `is for ${quantity} pieces, but has taken ${-change}`
  return undefined
}
