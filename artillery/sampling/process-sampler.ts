import { groupProcesses, type Program, type Roots } from './process-groups.ts'
import { type ProcessEntry, readMachine, readMemory, readProcessTable, readThreads } from './process-table.ts'

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

/** Reads what the programs of a run use; each sample tells of the time since the one before. */
export class ProcessSampler {
  readonly #roots: Roots
  #at = performance.now()
  #processes = new Map<number, ProcessEntry>()
  #threads = new Map<number, number>()
  #machine = readMachine()

  constructor(roots: Roots) {
    this.#roots = roots
    this.sample()
  }

  sample(): ProcessSample {
    const now = performance.now()
    const percent = (ms: number) => (100 * ms) / Math.max(1, now - this.#at)
    const processes = readProcessTable()
    const programs = Object.fromEntries(
      [...groupProcesses(processes, this.#roots)].map(([program, members]) => [
        program,
        { cpuPercent: percent(this.#spentBy(members)), memoryMb: memoryOf(members) },
      ]),
    )
    const sample = {
      programs,
      generatorThreadPercent: percent(this.#busiestThread()),
      machinePercent: this.#machinePercent(),
    }
    this.#processes = new Map(processes.map((process) => [process.pid, process]))
    this.#at = now
    return sample
  }

  #spentBy(members: ProcessEntry[]): number {
    return members.reduce((sum, { pid, cpuMs }) => sum + cpuMs - (this.#processes.get(pid)?.cpuMs ?? 0), 0)
  }

  #busiestThread(): number {
    const before = this.#threads
    this.#threads = new Map((this.#roots.generator ?? []).flatMap((pid) => [...readThreads(pid)]))
    return Math.max(0, ...[...this.#threads].map(([id, cpuMs]) => cpuMs - (before.get(id) ?? 0)))
  }

  #machinePercent(): number {
    const before = this.#machine
    this.#machine = readMachine()
    const busyMs = this.#machine.busyMs - before.busyMs
    return (100 * busyMs) / Math.max(1, busyMs + this.#machine.idleMs - before.idleMs)
  }
}

/** What siblings share, such as PostgreSQL's buffers, is counted once. */
function memoryOf(members: ProcessEntry[]): number {
  const memories = members.map(({ pid }) => readMemory(pid))
  const ownKb = memories.reduce((sum, memory) => sum + memory.ownKb, 0)
  return (ownKb + Math.max(0, ...memories.map(({ sharedKb }) => sharedKb))) / 1024
}
