import type { Counter } from '@stockroom/telemetry/metrics'
import { cacheReads } from '@stockroom/telemetry/shop-metrics'

/** A value as a tier keeps it. Where `value` is missing, only the version is known; `null` says there is nothing. */
export interface Stored<Value = unknown> {
  version: number
  value?: Value | null
}

/** Whether something read from outside this process is an entry. */
export const isStored = (entry: unknown): entry is Stored =>
  typeof entry === 'object' && entry !== null && 'version' in entry && typeof entry.version === 'number'

/** A place that keeps copies. A write never replaces a value of a higher version. */
export interface Tier {
  read(key: string): Stored | undefined | Promise<Stored | undefined>
  write(key: string, stored: Stored): unknown
  /** Drops the value and raises the version: a load that began before can't be written any more. */
  invalidate(key: string): unknown
}

export interface Cached<Value> {
  value: Value | null
  /** Whether the value came out of the cache. */
  hit: boolean
}

export interface CacheOptions<Value> {
  /** What its reads are counted under. */
  name: string
  /** The name of a value, such as `product:7`. */
  key(id: number): string
  /**
   * Reads the value where the truth is; undefined when there is none. A value without a version of its own is kept
   * until it is invalidated.
   */
  load(id: number): Promise<{ version?: number; value: Value } | undefined>
  /** The tiers from the nearest to the farthest. */
  tiers(): readonly Tier[]
  /** Tells other instances of a new value. */
  broadcast?(key: string, stored: Stored): Promise<void>
}

/**
 * A copy of values that are read often, read through: what no tier has is loaded, and concurrent reads of one missing
 * value share one load (single flight). What `load` doesn't find is not remembered.
 */
export class Cache<Value> {
  readonly #options: CacheOptions<Value>
  readonly #hits: Counter
  readonly #misses: Counter
  readonly #flights = new Map<string, { version: number; value: Promise<Value | null> }>()

  constructor(options: CacheOptions<Value>) {
    this.#options = options
    this.#hits = cacheReads.of(options.name, 'hit')
    this.#misses = cacheReads.of(options.name, 'miss')
  }

  async get(id: number): Promise<Cached<Value>> {
    const key = this.#options.key(id)
    const tiers = this.#options.tiers()
    let stored: Stored | undefined
    for (const [index, tier] of tiers.entries()) {
      stored = await tier.read(key)
      if (stored?.value === undefined) continue
      for (const nearer of tiers.slice(0, index)) nearer.write(key, stored)
      this.#hits.add()
      return { value: stored.value as Value | null, hit: true }
    }
    this.#misses.add()
    return { value: await this.#load(id, key, stored?.version ?? 0), hit: false }
  }

  /** Keeps a value that was just committed, here and in every instance. */
  async set(id: number, stored: Stored<Value>): Promise<void> {
    const key = this.#options.key(id)
    this.#flights.delete(key)
    const { tiers, broadcast } = this.#options
    await Promise.all([...tiers().map((tier) => tier.write(key, stored)), broadcast?.(key, stored)])
  }

  /** Drops a value: a read that begins from now on loads it anew. */
  async invalidate(id: number): Promise<void> {
    const key = this.#options.key(id)
    this.#flights.delete(key)
    await Promise.all(this.#options.tiers().map((tier) => tier.invalidate(key)))
  }

  /** Joins a load that began at the same version; one that began before an invalidation is not joined. */
  #load(id: number, key: string, version: number): Promise<Value | null> {
    const present = this.#flights.get(key)
    if (present?.version === version) return present.value
    const flight = { version, value: this.#loadAndKeep(id, key, version) }
    this.#flights.set(key, flight)
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    flight.value.then(land, land)
    return flight.value
  }

  async #loadAndKeep(id: number, key: string, version: number): Promise<Value | null> {
    const loaded = await this.#options.load(id)
    if (!loaded) return null
    const stored = { version: loaded.version ?? version, value: loaded.value }
    await Promise.all(this.#options.tiers().map((tier) => tier.write(key, stored)))
    return loaded.value
  }
}
