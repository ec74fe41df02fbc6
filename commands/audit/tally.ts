/** An order as the audit sees it. */
export interface OrderRow {
  id: number
  productId: number
  quantity: number
  status: 'pending' | 'confirmed' | 'rejected' | 'cancelled'
  /** Whether a cancelled order is known to hold no stock any more. */
  isReturned: boolean
}

/** What the ledger says of an order: a sale takes stock, a return gives it back, anything else is a refusal. */
export interface DecisionRow {
  orderId: number
  productId: number
  change: number
  kind: string
}

/** What the orders and the ledger say of one product. */
export interface ProductTally {
  /** Pieces of confirmed orders, and of cancelled ones that had taken theirs. */
  sold: number
  /** Pieces that cancelled orders have given back. */
  returned: number
  /** Pieces that pending orders have taken. */
  reserved: number
  /** Pieces that the ledger says are gone: sold + reserved - returned. */
  gone: number
}

/** Adds up orders and compares each with what the ledger says of it. */
export class Tally {
  readonly orders = { accepted: 0, pending: 0, confirmed: 0, rejected: 0, cancelled: 0 }
  /** Cancelled orders that aren't known to have given their stock back. */
  returning = 0
  readonly violations: string[] = []
  readonly #products = new Map<number, ProductTally>()

  product(id: number): ProductTally {
    const present = this.#products.get(id)
    if (present) return present
    const empty = { sold: 0, returned: 0, reserved: 0, gone: 0 }
    this.#products.set(id, empty)
    return empty
  }

  /** Compares a run of orders with all entries of the same run of ids, and returns the entries without an order. */
  compare(orders: readonly OrderRow[], entries: readonly DecisionRow[]): DecisionRow[] {
    const isReturn = ({ kind }: DecisionRow) => kind === 'return'
    const decisions = new Map(entries.filter((one) => !isReturn(one)).map((one) => [one.orderId, one]))
    const returns = new Map(entries.filter(isReturn).map((one) => [one.orderId, one]))
    for (const order of orders) {
      this.#count(order, decisions.get(order.id), returns.get(order.id))
      decisions.delete(order.id)
      returns.delete(order.id)
    }
    return [...decisions.values(), ...returns.values()]
  }

  /** Notes decisions for which there is no order at all. */
  noteLost(decisions: readonly DecisionRow[]): void {
    for (const { orderId, kind } of decisions) {
      this.violations.push(`order ${orderId} does not exist, but the ledger has decided it (${kind})`)
    }
  }

  #count(order: OrderRow, decision: DecisionRow | undefined, back: DecisionRow | undefined): void {
    const { status, productId, quantity, isReturned } = order
    this.orders.accepted += 1
    this.orders[status] += 1
    const isSale = decision?.kind === 'sale'
    const product = this.product(productId)
    if (status === 'confirmed' || (status === 'cancelled' && isSale)) product.sold += quantity
    if (status === 'pending' && isSale) product.reserved += quantity
    if (isSale) this.product(decision.productId).gone -= decision.change
    if (back) this.product(back.productId).returned += back.change
    if (back) this.product(back.productId).gone -= back.change
    if (status === 'cancelled' && !isReturned) this.returning += 1
    const violation = violationOf(order, decision) ?? returnViolationOf(order, decision, back)
    if (violation) this.violations.push(`order ${order.id} ${violation}`)
  }
}

function violationOf(
  { status, productId, quantity, isReturned }: OrderRow,
  decision: DecisionRow | undefined,
): string | undefined {
  const isOpen = status === 'pending' || (status === 'cancelled' && !isReturned)
  if (!decision) return isOpen ? undefined : `is ${status}, but the ledger has not decided it`
  const { kind, change } = decision
  if (status !== 'cancelled' && kind === 'cancelled')
    return `is ${status}, but the ledger says that it was cancelled`
  if (status === 'confirmed' && kind !== 'sale') return `is confirmed, but the ledger refused it (${kind})`
  if (status === 'rejected' && kind === 'sale') return `is rejected, but has taken ${-change} pieces`
  if (decision.productId !== productId)
    return `is for product ${productId}, but was decided for ${decision.productId}`
  if (kind === 'sale' && change !== -quantity) return `is for ${quantity} pieces, but has taken ${-change}`
  return undefined
}

function returnViolationOf(
  { status, productId, quantity, isReturned }: OrderRow,
  decision: DecisionRow | undefined,
  back: DecisionRow | undefined,
): string | undefined {
  const isSale = decision?.kind === 'sale'
  if (!back) {
    const isKept = status === 'cancelled' && isReturned && isSale
    return isKept ? `is cancelled, but has not given its ${quantity} pieces back` : undefined
  }
  if (status !== 'cancelled') return `is ${status}, but has given ${back.change} pieces back`
  if (!isSale) return `has given ${back.change} pieces back, but took none`
  if (back.productId !== productId)
    return `is for product ${productId}, but has given back to ${back.productId}`
  return back.change === quantity ? undefined : `is for ${quantity} pieces, but has given ${back.change} back`
}
