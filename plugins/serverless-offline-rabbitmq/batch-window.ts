/**
 * Collects items into batches: one is ready when `size` items are there, or `windowMs` after its first item came.
 *
 * A window of 0 still waits for the end of the current turn of the event loop, so that everything that one read of the
 * socket brought becomes one batch.
 */
export class BatchWindow<T> {
  readonly #size: number
  readonly #windowMs: number
  #items: T[] = []
  #elapsed = false
  #closed = false
  #stopClock = () => {}
  #deliver: ((batch: T[] | undefined) => void) | undefined

  constructor(size: number, windowMs: number) {
    this.#size = size
    this.#windowMs = windowMs
  }

  /** Items that come after `close` are dropped. */
  add(item: T): void {
    if (this.#closed) return
    this.#items.push(item)
    if (this.#items.length === 1) this.#startClock()
    if (this.#items.length === this.#size) this.#deliverIfReady()
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
    this.#stopClock()
    this.#deliverIfReady()
  }

  #deliverIfReady(): void {
    const ready = this.#closed || this.#elapsed || this.#items.length >= this.#size
    if (!ready || !this.#deliver) return
    const deliver = this.#deliver
    this.#deliver = undefined
    deliver(this.#closed ? undefined : this.#take())
  }

  #take(): T[] {
    this.#stopClock()
    this.#elapsed = false
    const batch = this.#items.splice(0, this.#size)
    if (this.#items.length > 0) this.#startClock()
    return batch
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
