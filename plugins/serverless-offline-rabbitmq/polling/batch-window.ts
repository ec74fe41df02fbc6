type Limits = {
  size: number
  windowMs: number
  /** What all items of a batch may weigh together. Default: no limit. */
  weight?: number
}

/**
 * Collects items into batches: one is ready when it is full, or `windowMs` after its first item came. It is full when
 * `size` items are there, or when the next one would make it weigh more than `weight`.
 *
 * A window of 0 still waits for the end of the current turn of the event loop, so that everything that one read of the
 * socket brought becomes one batch.
 */
export class BatchWindow<T> {
  readonly #size: number
  readonly #windowMs: number
  readonly #weightLimit: number
  #items: T[] = []
  #weights: number[] = []
  #weight = 0
  #elapsed = false
  #closed = false
  #stopClock = () => {}
  #deliver: ((batch: T[] | undefined) => void) | undefined

  constructor({ size, windowMs, weight = Number.POSITIVE_INFINITY }: Limits) {
    this.#size = size
    this.#windowMs = windowMs
    this.#weightLimit = weight
  }

  /** Items that come after `close` are dropped. */
  add(item: T, weight = 0): void {
    if (this.#closed) return
    this.#items.push(item)
    this.#weights.push(weight)
    this.#weight += weight
    if (this.#items.length === 1) this.#startClock()
    if (this.#isFull()) this.#deliverIfReady()
  }

  /** Resolves with the next batch, or with undefined once the window is closed. One call at a time. */
  next(): Promise<T[] | undefined> {
    return new Promise((resolve) => {
      this.#deliver = resolve
      this.#deliverIfReady()
    })
  }

  /** Ends the batches. What was collected and not taken is dropped. */
  close(): void {
    this.#closed = true
    this.#items = []
    this.#weights = []
    this.#weight = 0
    this.#stopClock()
    this.#deliverIfReady()
  }

  #isFull(): boolean {
    return this.#items.length >= this.#size || this.#weight > this.#weightLimit
  }

  #deliverIfReady(): void {
    const ready = this.#closed || this.#elapsed || this.#isFull()
    if (!ready || !this.#deliver) return
    const deliver = this.#deliver
    this.#deliver = undefined
    deliver(this.#closed ? undefined : this.#take())
  }

  #take(): T[] {
    this.#stopClock()
    this.#elapsed = false
    const count = this.#countThatFits()
    const batch = this.#items.slice(0, count)
    this.#items = this.#items.slice(count)
    this.#weights = this.#weights.slice(count)
    this.#weight = this.#weights.reduce((sum, weight) => sum + weight, 0)
    if (this.#items.length > 0) this.#startClock()
    return batch
  }

  /** At least one, so that an item that is too heavy holds nothing up. */
  #countThatFits(): number {
    const most = Math.min(this.#size, this.#items.length)
    let count = 1
    let weight = this.#weights[0] ?? 0
    while (count < most) {
      weight += this.#weights[count] ?? 0
      if (weight > this.#weightLimit) return count
      count += 1
    }
    return count
  }

  #startClock(): void {
    const ring = () => {
      this.#elapsed = true
      this.#deliverIfReady()
    }
    if (this.#windowMs > 0) {
      const timer = setTimeout(ring, this.#windowMs)
      this.#stopClock = () => clearTimeout(timer)
    } else {
      const immediate = setImmediate(ring)
      this.#stopClock = () => clearImmediate(immediate)
    }
  }
}
