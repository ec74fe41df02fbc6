import { readdirSync, readFileSync } from 'node:fs'

/** A process as the kernel counts it, since it began. */
export interface ProcessEntry {
  pid: number
  parent: number
  group: number
  name: string
  cpuMs: number
  /** What children had used that have ended and that it has waited for. */
  endedChildrenMs: number
}

/** Linux counts in hundredths of a second wherever it hands times out in /proc. */
const msPerTick = 10

/** Every process of this machine that lives; empty where there is no /proc. */
export function readProcessTable(): ProcessEntry[] {
  const stats = numbersIn('/proc').map((pid) => read(`/proc/${pid}/stat`))
  return stats.filter((stat) => stat && !/\) Z [^)]*$/.test(stat)).map(entryOf)
}

/** The command line of a process, its words set apart by spaces. */
export const readCommand = (pid: number): string => read(`/proc/${pid}/cmdline`).split('\0').join(' ')

/** Milliseconds of CPU by thread of one process. */
export function readThreads(pid: number): Map<number, number> {
  const threads = numbersIn(`/proc/${pid}/task`).map(
    (id) => [id, read(`/proc/${pid}/task/${id}/stat`)] as const,
  )
  return new Map(threads.flatMap(([id, stat]) => (stat ? [[id, entryOf(stat).cpuMs] as const] : [])))
}

/** Memory that a process has in use, in kB: of its own, and what it may share with its siblings. */
export function readMemory(pid: number): { ownKb: number; sharedKb: number } {
  const status = read(`/proc/${pid}/status`)
  const kb = (name: string) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1] ?? 0)
  return { ownKb: kb('RssAnon'), sharedKb: kb('RssFile') + kb('RssShmem') }
}

/** Milliseconds that all cores together were busy and idle since the machine began. */
export function readMachine(): { busyMs: number; idleMs: number } {
  const [user, nice, system, idle, ioWait, irq, softIrq, steal] = (
    read('/proc/stat').match(/^cpu +(.*)/)?.[1] ?? ''
  )
    .split(' ')
    .map((ticks) => Number(ticks) * msPerTick) as number[]
  const sum = (...parts: (number | undefined)[]) =>
    parts.reduce<number>((total, part) => total + (part ?? 0), 0)
  return { busyMs: sum(user, nice, system, irq, softIrq, steal), idleMs: sum(idle, ioWait) }
}

/** proc_pid_stat(5): the name, in parentheses, may hold anything; what follows are fields 3 and up. */
export function entryOf(stat: string): ProcessEntry {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
    endedChildrenMs: (Number(fields[13]) + Number(fields[14])) * msPerTick,
  }
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Boolean)
  } catch {
    return []
  }
}

/** A process may end between the list and the reading. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
