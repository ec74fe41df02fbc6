import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../../bench/processes/eventually.ts'
import { send } from './client.ts'

export type Part = 'database' | 'cache' | 'broker'

interface Observation {
  /** When the answer came, on the clock of `performance.now()`. */
  at: number
  status: number
  services: Partial<Record<Part, 'up' | 'down'>>
}

const intervalMs = 100

export type HealthWatch = ReturnType<typeof watchHealth>

/** Asks `GET /health` again and again, until it is stopped, and remembers the answers. */
export function watchHealth(shopUrl: string) {
  const observations: Observation[] = []
  let isOver = false
  const observe = async () => {
    const { status, body } = await send('GET', `${shopUrl}/health`)
    const { services = {} } = (body ?? {}) as Pick<Observation, 'services'>
    observations.push({ at: performance.now(), status, services })
  }
  const watch = async () => {
    for (; !isOver; await pause(intervalMs)) await observe().catch(() => {}) // a shop that is down says nothing
  }
  const watching = watch()
  return {
    async stop(): Promise<void> {
      isOver = true
      await watching
    },

    /** Answers that are neither 200 nor 503, or that say otherwise than their body. */
    wrong: (): string[] =>
      observations
        .filter(({ status, services }) => status !== (services.database === 'up' ? 200 : 503))
        .map(({ status, services }) => `GET /health answered ${status} with ${JSON.stringify(services)}`),

    /** Seconds from `since` until an answer first said that a part is in a state; undefined when none did. */
    secondsUntil(part: Part, state: 'up' | 'down', since: number): number | undefined {
      const seen = observations.find(({ at, services }) => at >= since && services[part] === state)
      return seen && (seen.at - since) / 1000
    },

    /** Resolves when an answer from now on says that all is well, or throws after `limitMs`. */
    async untilHealthy(limitMs: number): Promise<void> {
      const since = performance.now()
      const isHealthy = ({ at, services: { database, cache, broker } }: Observation) =>
        at >= since && database === 'up' && cache === 'up' && broker === 'up'
      await eventually(() => observations.some(isHealthy), limitMs).catch(() => {
        throw new Error(`the shop isn't healthy: ${JSON.stringify(observations.at(-1)?.services)}`)
      })
    },
  }
}
