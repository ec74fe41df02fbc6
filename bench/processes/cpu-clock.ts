import { sum } from '../figures/statistics.ts'
import type { ServiceUrls } from '../services/versions.ts'
import { findPrograms } from './find-programs.ts'
import { groupProcesses, type Roots } from './process-groups.ts'
import { readProcessTable } from './process-table.ts'

/**
 * Reads the CPU time of a shop's processes, with all below them, and of the services now; the function that it returns
 * tells the milliseconds that each program has used since.
 */
export function cpuClock(
  pids: readonly number[],
  { database, redis, rabbitmq }: ServiceUrls,
): () => Map<string, number> {
  const services = findPrograms({ PostgreSQL: database, Redis: redis, RabbitMQ: rabbitmq })
  const programs: Roots = { ...services, shop: [...pids] }
  const before = cpuOf(programs)
  return () => new Map([...cpuOf(programs)].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)]))
}

function cpuOf(roots: Roots): Map<string, number> {
  const groups = groupProcesses(readProcessTable(), roots)
  return new Map(
    [...groups].map(([program, members]) => [
      program,
      // A session of PostgreSQL that ends meanwhile takes nothing away: its time is its parent's then.
      sum(members.map(({ cpuMs, endedChildrenMs }) => cpuMs + endedChildrenMs)),
    ]),
  )
}
