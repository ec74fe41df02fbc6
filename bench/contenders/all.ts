import type { Contender } from './contender.ts'
import { emptyHandler, warmEmptyHandler } from './empty-handler.ts'
import { fastifySameJob, fastifyService } from './fastify.ts'
import { bareServer, oneProcess, severalProcesses } from './shop.ts'

/** Everybody who takes part, in the order of the table. */
export const contenders: readonly Contender[] = [
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
export function contendersNamed(names: readonly string[]): readonly Contender[] {
  if (names.length === 0) return contenders
  return names.map((name) => {
    const found = contenders.find((one) => one.name === name)
    if (found) return found
    const known = contenders.map((one) => one.name).join(', ')
    throw new Error(`BENCH_ONLY names "${name}", which is none of: ${known}.`)
  })
}
