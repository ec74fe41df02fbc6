/** One request for an order and what became of it. */
export interface OrderRequest {
  requestId: string
  /** Undefined for a request without Idempotency-Key. */
  key: string | undefined
  productId: number
  quantity: number
  /** What the suite was doing to the shop when it was sent. */
  phase: string
}

export interface Outcome extends OrderRequest {
  /** Undefined when no answer came. */
  status: number | undefined
  /** Why none came, such as ECONNREFUSED. */
  failure?: string
  milliseconds: number
  /** How many kept connections it has found closed before. */
  closedConnections: number
  retryAfter?: string | undefined
  orderId?: number | undefined
  /** The problem's code, of a refusal. */
  code?: string | undefined
}

/** The generator's own record of everything that it sent: what the shop's books are held against. */
export class OrderBook {
  readonly outcomes: Outcome[] = []
  /** Called for each order that was answered with 202. */
  onAccepted: (orderId: number) => void = () => {}

  add(outcome: Outcome): void {
    this.outcomes.push(outcome)
    if (outcome.orderId) this.onAccepted(outcome.orderId)
  }

  count(isCounted: (outcome: Outcome) => boolean): number {
    return this.outcomes.filter(isCounted).length
  }

  /** The ids of the orders that were answered with 202, each once. */
  accepted(): Set<number> {
    return new Set(this.outcomes.flatMap(({ orderId }) => orderId ?? []))
  }

  /** Keys that stand for more than one order: a duplicate that took effect. */
  duplicates(): string[] {
    const keyed = this.outcomes.filter(({ key, orderId }) => key && orderId)
    return [...Map.groupBy(keyed, ({ key }) => key)].flatMap(([key, outcomes]) => {
      const orders = [...new Set(outcomes.map(({ orderId }) => orderId))]
      return orders.length > 1 ? [`key ${key} stands for the orders ${orders.join(' and ')}`] : []
    })
  }

  /** The request ids of those that may have been stored although nobody was told so. A 503 isn't one of them. */
  uncertain(): Set<string> {
    const isUncertain = ({ status, code }: Outcome) => status === undefined || code === 'outcome-unknown'
    return new Set(this.outcomes.filter(isUncertain).map(({ requestId }) => requestId))
  }

  /** Milliseconds of the answers with 503, of those to requests that were sent in `phase` where one is named. */
  refusalTimes(phase?: string): number[] {
    const refused = this.outcomes.filter((one) => one.status === 503 && (!phase || one.phase === phase))
    return refused.map(({ milliseconds }) => milliseconds)
  }
}
