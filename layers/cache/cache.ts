import type { Counter } from '@stockroom/telemetry/metrics'
import { cacheReads } from '@stockroom/telemetry/shop-metrics'
import { longestLoadMs, type Stored, type Tier } from './tier.ts'

export interface Cached<Value> {
  value: Value | null
  /** Whether the value came out of the cache. */
  hit: boolean
  /** The version of the value; undefined where there is no value. */
  version?: number
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
  /** Which database `load` reads: a copy of another one is none. While it can't be known, every copy is good. */
  database(): Promise<string>
  /** Whether a copy is a value of this id; it isn't when somebody else has written it, or an older version of ours. */
  isValue(copy: unknown, id: number): copy is Value
  /** The tiers from the nearest to the farthest. */
  tiers(): readonly Tier[]
  /** Tells other instances of a new value. */
  broadcast?(key: string, stored: Stored): Promise<void>
}

/** What is known of a value when its load begins. */
type Start = Pick<Stored, 'version' | 'database'>

type Loaded<Value> = Omit<Cached<Value>, 'hit'>

/**
 * A copy of values that are read often, read through: what no tier has is loaded, and concurrent reads of one missing
 * value share one load (single flight). What `load` doesn't find is not remembered. A copy that is older than a version
 * that a nearer tier knows of counts as missing.
 */
export class Cache<Value> {
  readonly #options: CacheOptions<Value>
  readonly #hits: Counter
  readonly #misses: Counter
  readonly #flights = new Map<string, { start: Start; loaded: Promise<Loaded<Value>> }>()

  constructor(options: CacheOptions<Value>) {
    this.#options = options
    this.#hits = cacheReads.of(options.name, 'hit')
    this.#misses = cacheReads.of(options.name, 'miss')
  }

  async get(id: number): Promise<Cached<Value>> {
    const key = this.#options.key(id)
    const database = this.#database()
    const tiers = this.#options.tiers()
    let version = 0
    for (const [index, tier] of tiers.entries()) {
      const stored = await tier.read(key)
      if (!stored || !isOf(await database, stored)) continue
      const { value } = stored
      if (stored.version >= version && (value === null || this.#options.isValue(value, id))) {
        for (const nearer of tiers.slice(0, index)) nearer.write(key, stored)
        this.#hits.add()
        return { value, hit: true, ...(value !== null && { version: stored.version }) }
      }
      version = Math.max(version, stored.version)
    }
    this.#misses.add()
    return { ...(await this.#load(id, key, { version, database: await database })), hit: false }
  }

  /** Keeps a value that was just committed, here and in every instance. */
  async set(id: number, { version, value }: { version: number; value: Value | null }): Promise<void> {
    const key = this.#options.key(id)
    this.#flights.delete(key)
    const stored = { version, database: await this.#database(), value }
    const { tiers, broadcast } = this.#options
    await Promise.all([...tiers().map((tier) => tier.write(key, stored)), broadcast?.(key, stored)])
  }

  /** Drops a value: a read that begins from now on loads it anew. */
  async invalidate(id: number): Promise<void> {
    const key = this.#options.key(id)
    this.#flights.delete(key)
    const database = await this.#database()
    await Promise.all(this.#options.tiers().map((tier) => tier.invalidate(key, database)))
  }

  /** Joins a load that began at the same version; one that began before an invalidation is not joined. */
  #load(id: number, key: string, start: Start): Promise<Loaded<Value>> {
    const present = this.#flights.get(key)
    if (present && isOf(start.database, present.start) && present.start.version === start.version) {
      return present.loaded
    }
    const flight = { start, loaded: this.#loadAndKeep(id, key, start) }
    this.#flights.set(key, flight)
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    flight.loaded.then(land, land)
    return flight.loaded
  }

  async #loadAndKeep(id: number, key: string, start: Start): Promise<Loaded<Value>> {
    const begin = performance.now()
    const loaded = await this.#options.load(id)
    if (!loaded) return { value: null }
    const { value, version = start.version } = loaded
    const isOvertaken = this.#flights.get(key)?.start !== start
    if (isOvertaken || performance.now() - begin > longestLoadMs) return { value, version }
    const stored = { ...start, version, value }
    await Promise.all(this.#options.tiers().map((tier) => tier.write(key, stored)))
    return { value, version }
  }

  /** Without an answer every copy is as good as it was. */
  #database = (): Promise<string> => this.#options.database().catch(() => '')
}

const isOf = (database: string, stored: Start) => database === '' || stored.database === database
