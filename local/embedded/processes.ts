import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const hasProc = existsSync('/proc/self/stat')

/**
 * Tells when process `pid` began, as text that is only good for comparing: together with the pid it names a process
 * for good, even when the pid is used again. Resolves to undefined when no such process runs.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  if (!hasProc) return askPs(pid, 'lstart')
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name, in parentheses, may hold anything; state is the 3rd field and start time the 22nd (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

/** Resolves to the command line of process `pid`, arguments joined by spaces, or undefined when it doesn't run. */
export async function commandOf(pid: number): Promise<string | undefined> {
  if (!hasProc) return askPs(pid, 'command')
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return command.split('\0').join(' ').trim() || undefined
}

/** For systems without /proc; where there is no ps either, it can only tell whether the process is there. */
async function askPs(pid: number, column: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-ww', '-p', String(pid), '-o', `${column}=`])
    return stdout.trim() || undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && isThere(pid) ? 'running' : undefined
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
