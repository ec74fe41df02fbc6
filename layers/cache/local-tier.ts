import type { Stored, Tier } from './tier.ts'

/**
 * The tier within this process. It remembers the version of a value for longer than the value, so that a slow reader
 * can't put an old value back. Full, it forgets what was written longest ago.
 */
export class LocalTier implements Tier {
  readonly #entries = new Map<string, { stored: Stored; expiresAt: number }>()
  readonly #ttlMs: number
  readonly #maxEntries: number
  readonly #now: () => number

  /** `now` is a clock in milliseconds that never steps back: by the time of day, an entry could live for an hour. */
  constructor({ ttlMs = 1000, maxEntries = 10_000, now = () => performance.now() } = {}) {
    this.#ttlMs = ttlMs
    this.#maxEntries = maxEntries
    this.#now = now
  }

  read(key: string): Stored | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    const { version, database } = entry.stored
    return entry.expiresAt > this.#now() ? entry.stored : { version, database }
  }

  write(key: string, stored: Stored): void {
    const present = this.#entries.get(key)?.stored
    if (present?.database === stored.database && present.version > stored.version) return
    this.#entries.delete(key)
    this.#entries.set(key, { stored, expiresAt: this.#now() + this.#ttlMs })
    if (this.#entries.size > this.#maxEntries)
      this.#entries.delete(this.#entries.keys().next().value as string)
  }

  invalidate(key: string, database: string): void {
    const present = this.#entries.get(key)
    this.write(key, { version: (present?.stored.version ?? 0) + 1, database })
  }

  /** Forgets every value and keeps the versions, so that nothing older is taken for news. */
  expire(): void {
    for (const entry of this.#entries.values()) entry.expiresAt = 0
  }
}
