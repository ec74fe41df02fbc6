import type { Stored, Tier } from './cache.ts'

/**
 * The tier within this process. It remembers the version of a value for longer than the value, so that a slow reader
 * can't put an old value back. Full, it forgets what was written longest ago.
 */
export class LocalTier implements Tier {
  readonly #entries = new Map<string, { stored: Stored; expiresAt: number }>()
  readonly #ttlMs: number
  readonly #maxEntries: number
  readonly #now: () => number

  constructor({ ttlMs = 1000, maxEntries = 10_000, now = Date.now } = {}) {
    this.#ttlMs = ttlMs
    this.#maxEntries = maxEntries
    this.#now = now
  }

  read(key: string): Stored | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    return entry.expiresAt > this.#now() ? entry.stored : { version: entry.stored.version }
  }

  write(key: string, stored: Stored): void {
    const present = this.#entries.get(key)
    if (present && present.stored.version > stored.version) return
    this.#entries.delete(key)
    this.#entries.set(key, { stored, expiresAt: this.#now() + this.#ttlMs })
    if (this.#entries.size > this.#maxEntries)
      this.#entries.delete(this.#entries.keys().next().value as string)
  }

  invalidate(key: string): void {
    const present = this.#entries.get(key)
    this.write(key, { version: (present?.stored.version ?? 0) + 1 })
  }

  clear(): void {
    this.#entries.clear()
  }
}
