import { sum } from '../../bench/figures/statistics.ts'
import { groupProcesses, type Program, type Roots } from '../../bench/processes/process-groups.ts'
import {
  type ProcessEntry,
  readMachine,
  readMemory,
  readProcessTable,
  readThreads,
} from '../../bench/processes/process-table.ts'

/** CPU as a percentage of one core, memory in MB. */
export interface Usage {
  cpuPercent: number
  memoryMb: number
}

export interface ProcessSample {
  programs: Partial<Record<Program, Usage>>
  /** The busiest thread of the generator, as a percentage of one core: at 100 it can't send any faster. */
  generatorThreadPercent: number
  /** Of all cores together. */
  machinePercent: number
}

/** What the kernel has counted until now. */
const look = ({ generator = [] }: Roots) => ({
  at: performance.now(),
  processes: readProcessTable(),
  threads: new Map(generator.flatMap((pid) => [...readThreads(pid)])),
  machine: readMachine(),
})

/** Reads what the programs of a run use; each sample tells of the time since the one before. */
export function processSampler(roots: Roots): () => ProcessSample {
  let last = look(roots)
  return () => {
    const before = last
    const now = look(roots)
    last = now
    const percent = (ms: number) => (100 * ms) / Math.max(1, now.at - before.at)
    const spent = new Map(before.processes.map(({ pid, cpuMs }) => [pid, cpuMs]))
    const usageOf = (members: ProcessEntry[]): Usage => ({
      cpuPercent: percent(sum(members.map(({ pid, cpuMs }) => cpuMs - (spent.get(pid) ?? 0)))),
      memoryMb: memoryOf(members),
    })
    const groups = groupProcesses(now.processes, roots)
    const threads = [...now.threads].map(([id, cpuMs]) => cpuMs - (before.threads.get(id) ?? 0))
    const busyMs = now.machine.busyMs - before.machine.busyMs
    const idleMs = now.machine.idleMs - before.machine.idleMs
    return {
      programs: Object.fromEntries([...groups].map(([program, members]) => [program, usageOf(members)])),
      generatorThreadPercent: percent(Math.max(0, ...threads)),
      machinePercent: (100 * busyMs) / Math.max(1, busyMs + idleMs),
    }
  }
}

/** What siblings share, such as PostgreSQL's buffers, is counted once. */
function memoryOf(members: ProcessEntry[]): number {
  const memories = members.map(({ pid }) => readMemory(pid))
  const ownKb = sum(memories.map(({ ownKb }) => ownKb))
  return (ownKb + Math.max(0, ...memories.map(({ sharedKb }) => sharedKb))) / 1024
}
