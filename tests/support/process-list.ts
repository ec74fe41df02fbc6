import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readCommand, readProcessTable } from '../../bench/processes/process-table.ts'

export interface RunningProcess {
  pid: number
  parent: number
  group: number
  command: string
}

/** The processes of a group, and those whose command line holds `text`. */
export async function processesOf(group: number, text: string): Promise<RunningProcess[]> {
  const here = readProcessTable().map((entry) => ({ ...entry, command: readCommand(entry.pid) }))
  const all = here.length > 0 ? here : await askPs()
  return all.filter((one) => one.group === group || one.command.includes(text))
}

async function askPs(): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,command='])
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, group, command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      command: String(command),
    }))
}
