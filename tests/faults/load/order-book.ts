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

  add(outcome: Outcome): void {
    this.outcomes.push(outcome)
  }

  count(status: number | undefined): number {
    return this.outcomes.filter((outcome) => outcome.status === status).length
  }

  /** How many were told that nobody knows what became of them. */
  countUnknown(): number {
    return this.outcomes.filter(({ code }) => code === 'outcome-unknown').length
  }

  /** The ids of the orders that were answered with 202, each once. */
  accepted(): Set<number> {
    return new Set(this.outcomes.flatMap(({ status, orderId }) => (status === 202 && orderId ? orderId : [])))
  }

  /** Keys that stand for more than one order: a duplicate that took effect. */
  duplicates(): string[] {
    const orderOf = new Map<string, number>()
    return this.outcomes.flatMap(({ key, status, orderId }) => {
      if (!key || status !== 202 || !orderId) return []
      const first = orderOf.get(key) ?? orderId
      orderOf.set(key, first)
      return first === orderId ? [] : [`key ${key} stands for the orders ${first} and ${orderId}`]
    })
  }

  /** The request ids of those that may have been stored although nobody was told so. A 503 isn't one of them. */
  uncertain(): Set<string> {
    const isUncertain = ({ status, code }: Outcome) => status === undefined || code === 'outcome-unknown'
    return new Set(this.outcomes.filter(isUncertain).map(({ requestId }) => requestId))
  }

  /** Milliseconds of the answers with `status` to requests that were sent in `phase`, ascending. */
  latencies(status: number, phase?: string): number[] {
    return this.outcomes
      .filter((outcome) => outcome.status === status && (!phase || outcome.phase === phase))
      .map(({ milliseconds }) => milliseconds)
      .sort((one, other) => one - other)
  }
}

/** The value below which the share `rank` (0 to 1) of the ascending values lie; 0 when there are none. */
export function percentile(ascending: readonly number[], rank: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * rank))] ?? 0
}
