import type { ProcessEntry } from './process-table.ts'

/** The programs of a run, in the order in which the report shows them. */
export const programs = ['shop', 'generator', 'PostgreSQL', 'Redis', 'RabbitMQ'] as const
export type Program = (typeof programs)[number]

/** The processes that a program was started as. */
export type Roots = Partial<Record<Program, number[]>>

/**
 * Sorts processes by program: each root and all below it, except what belongs to another program's root, as an
 * embedded PostgreSQL does below its shop.
 */
export function groupProcesses(
  processes: readonly ProcessEntry[],
  roots: Roots,
): Map<Program, ProcessEntry[]> {
  const byPid = new Map(processes.map((process) => [process.pid, process]))
  const programOfRoot = new Map(
    Object.entries(roots).flatMap(([program, pids]) => pids.map((pid) => [pid, program as Program] as const)),
  )
  const programOf = (process: ProcessEntry | undefined): Program | undefined =>
    process && (programOfRoot.get(process.pid) ?? programOf(byPid.get(process.parent)))

  const groups = new Map<Program, ProcessEntry[]>()
  for (const process of processes) {
    const program = programOf(process)
    if (program) groups.set(program, [...(groups.get(program) ?? []), process])
  }
  return groups
}

/** Server processes by name, topmost of each tree alone: for those whose port can't be looked up. */
export function topmostNamed(processes: readonly ProcessEntry[], name: RegExp): number[] {
  const named = new Set(processes.filter((process) => name.test(process.name)).map(({ pid }) => pid))
  return processes.filter(({ pid, parent }) => named.has(pid) && !named.has(parent)).map(({ pid }) => pid)
}
