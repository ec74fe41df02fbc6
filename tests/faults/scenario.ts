import type { Bench } from './bench.ts'
import type { HealthWatch, Part } from './load/health-watch.ts'
import type { Load } from './load/load.ts'
import type { Service } from './services/service.ts'

/** One fault, or one kind of them, that the shop has to live through. */
export interface Scenario {
  name: string
  /** What is done to the shop, for the table. */
  injected: string
  /** The parts that have to be servers of their own for it. */
  needs: readonly Part[]
  /** Whether it belongs to the half that runs within five minutes. */
  quick?: boolean
  perSecond?: number
  instances?: 1 | 2
  /** The shop's settings, where the scenario wants other than the usual. */
  settings?: Record<string, string>
  /** How long orders may take to settle once everything is healed. Default: 20 s, before anything is announced again. */
  settleSeconds?: number
  /** Requests may stay without an answer, because the shop itself dies or stops. */
  shopGoes?: boolean
  /** Does it, under load, and resolves when everything is healed. */
  inject(stage: Stage): Promise<void>
  /** What has to hold beside what every scenario is judged by, once all orders have settled; throws what doesn't. */
  verify?(stage: Stage): Promise<void>
}

/** What a scenario works with. */
export class Stage {
  readonly bench: Bench
  readonly load: Load
  readonly health: HealthWatch
  readonly productIds: readonly number[]
  /** What `GET /health` has to say, and since when it is so. */
  readonly changes: { part: Part; state: 'up' | 'down'; at: number }[] = []

  constructor(bench: Bench, load: Load, health: HealthWatch, productIds: readonly number[]) {
    this.bench = bench
    this.load = load
    this.health = health
    this.productIds = productIds
  }

  /** The service behind a part; the scenario has said that it needs it. */
  service(part: Part): Service {
    return this.bench[part] as Service
  }

  /** Does something that takes a part away, after which /health has to say so within two seconds. */
  async takeDown(part: Part, work: () => unknown): Promise<void> {
    await work()
    this.changes.push({ part, state: 'down', at: performance.now() })
  }

  /** Does something that brings a part back, after which /health has to say so within two seconds. */
  async bringUp(part: Part, work: () => unknown): Promise<void> {
    await work()
    this.changes.push({ part, state: 'up', at: performance.now() })
  }
}
