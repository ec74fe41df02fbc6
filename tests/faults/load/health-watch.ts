import { setTimeout as pause } from 'node:timers/promises'
import { send } from './client.ts'

export type Part = 'database' | 'cache' | 'broker'

interface Observation {
  /** When the answer came, on the clock of `performance.now()`. */
  at: number
  status: number
  services: Partial<Record<Part, 'up' | 'down'>>
  milliseconds: number
}

const intervalMs = 100

/** Asks `GET /health` again and again and remembers the answers. */
export class HealthWatch {
  readonly #observations: Observation[] = []
  readonly #url: string
  #stopped = false
  #running: Promise<void> = Promise.resolve()

  constructor(shopUrl: string) {
    this.#url = `${shopUrl}/health`
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** Answers that are neither 200 nor 503, or that say otherwise than their body. */
  wrong(): string[] {
    return this.#observations.flatMap(({ status, services }) => {
      const expected = services.database === 'up' ? 200 : 503
      return status === expected ? [] : [`GET /health answered ${status} with ${JSON.stringify(services)}`]
    })
  }

  /** Seconds from `since` until an answer first said that a part is in a state; undefined when none did. */
  secondsUntil(part: Part, state: 'up' | 'down', since: number): number | undefined {
    const seen = this.#observations.find(({ at, services }) => at >= since && services[part] === state)
    return seen && (seen.at - since) / 1000
  }

  /** Resolves when an answer from now on says that all is well, or throws after `limitMs`. */
  async untilHealthy(limitMs: number): Promise<void> {
    const since = performance.now()
    while (!this.#observations.some(({ at, services }) => at >= since && isHealthy(services))) {
      if (performance.now() - since > limitMs) {
        throw new Error(`the shop isn't healthy: ${JSON.stringify(this.#observations.at(-1)?.services)}`)
      }
      await pause(50)
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#observe().catch(() => {}) // a shop that is down says nothing
      await pause(intervalMs)
    }
  }

  async #observe(): Promise<void> {
    const begin = performance.now()
    const { status, body } = await send('GET', this.#url)
    const { services = {} } = (body ?? {}) as Pick<Observation, 'services'>
    const at = performance.now()
    this.#observations.push({ at, status, services, milliseconds: at - begin })
  }
}

const isHealthy = (services: Observation['services']) =>
  services.database === 'up' && services.cache === 'up' && services.broker === 'up'
