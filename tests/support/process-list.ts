import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

export interface RunningProcess {
  pid: number
  parent: number
  group: number
  command: string
}

/** The processes of a group, and those whose command line holds `text`. */
export async function processesOf(group: number, text: string): Promise<RunningProcess[]> {
  const all = existsSync('/proc/self/stat') ? await readProc() : await askPs()
  return all.filter((one) => one.group === group || one.command.includes(text))
}

async function readProc(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => readOne(Number(pid)).catch(() => undefined)))
  return found.filter((one) => one !== undefined)
}

/** proc_pid_stat(5): behind the name in parentheses stand the state, the parent and the group. Zombies don't count. */
async function readOne(pid: number): Promise<RunningProcess | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ')
  return state === 'Z' ? undefined : { pid, parent: Number(parent), group: Number(group), command }
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
