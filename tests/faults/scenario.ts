import type { Bench } from './bench.ts'
import { numberOf } from './checks/shop-books.ts'
import type { HealthWatch, Part } from './load/health-watch.ts'
import type { Load } from './load/load.ts'
import type { AmqpGate } from './services/amqp-gate.ts'
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
export type Stage = ReturnType<typeof stageOf>

export function stageOf(bench: Bench, load: Load, health: HealthWatch, productIds: readonly number[]) {
  /** What `GET /health` has to say, and since when it is so. */
  const changes: { part: Part; state: 'up' | 'down'; at: number }[] = []
  const change = async (part: Part, state: 'up' | 'down', work: () => unknown) => {
    await work()
    changes.push({ part, state, at: performance.now() })
  }
  return {
    bench,
    load,
    health,
    productIds,
    changes,
    /** What of this run alone has to hold, like `verify`. */
    checks: [] as (() => Promise<void>)[],
    /** Where the services are, for whoever asks them past the shop. */
    urls: bench.urls,
    /** Before the broker; the scenario has said that it needs one. */
    gate: bench.gate as AmqpGate,

    /** The service behind a part; the scenario has said that it needs it. */
    service: (part: Part) => bench[part] as Service,

    /** The one number that a statement selects, under the name `number`. */
    numberOf: (sql: string) => numberOf(bench.urls.DATABASE_URL, sql),

    /** How many rows there are of what stands after `from`. */
    countOf: (from: string, values: unknown[] = []) =>
      numberOf(bench.urls.DATABASE_URL, `select count(*) as number from ${from}`, values),

    /** Does something that takes a part away, after which /health has to say so within two seconds. */
    takeDown: (part: Part, work: () => unknown) => change(part, 'down', work),

    /** Does something that brings a part back, after which /health has to say so within two seconds. */
    bringUp: (part: Part, work: () => unknown) => change(part, 'up', work),

    /** Kills the shop, loses what the gate holds of it, and starts it again when `meanwhile` is done. */
    async killShop(meanwhile: () => unknown = () => {}): Promise<void> {
      const [shop] = bench.shops
      load.phase = 'killed'
      await shop.kill()
      bench.gate?.lose()
      await meanwhile()
      await shop.start()
      load.phase = 'healthy'
    },
  }
}
