import { emptyHandler, warmEmptyHandler } from './empty-handler.ts'
import { fastifySameJob, fastifyService } from './fastify.ts'
import { bareServer, oneProcess, severalProcesses } from './shop.ts'
import type { Target } from './target.ts'

/** Everybody who takes part, in the order of the table. */
export const targets: readonly Target[] = [
  oneProcess,
  severalProcesses,
  bareServer,
  fastifyService,
  fastifySameJob,
  emptyHandler,
  warmEmptyHandler,
]

/** The one that the others are compared with. */
export const yardstick = fastifySameJob.name

/** @throws Error when a name is nobody's */
export function targetsNamed(names: readonly string[]): readonly Target[] {
  if (names.length === 0) return targets
  return names.map((name) => {
    const found = targets.find((one) => one.name === name)
    if (found) return found
    const known = targets.map((one) => one.name).join(', ')
    throw new Error(`BENCH_ONLY names "${name}", which is none of: ${known}.`)
  })
}
