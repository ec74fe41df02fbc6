import { spawn } from 'node:child_process'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Account } from './postgres-installation.ts'
import { commandOf } from './processes.ts'

export type PostgresProcess = {
  pid: number | undefined
  hasEnded(): boolean
  hasSucceeded(): boolean
  /** The end of what it wrote, in one line. */
  lastWords(): Promise<string>
  /** Ends it; every call resolves when it is gone. */
  stop(): Promise<void>
}

const STOP_STEPS = [
  { signal: 'SIGINT', limitMs: 10_000 }, // "fast" shutdown: ends the sessions, writes a checkpoint
  { signal: 'SIGQUIT', limitMs: 10_000 }, // "immediate": nothing committed is lost, the next start replays the log
] as const

/**
 * Runs one of PostgreSQL's programs in a session of its own, out of reach of the terminal's Ctrl-C, with its output in
 * the file `log`. Neither keeps this process alive nor outlives its `process.exit()`.
 */
export async function launch(
  file: string,
  args: string[],
  log: string,
  account: Account,
): Promise<PostgresProcess> {
  const output = await open(log, 'w', 0o600)
  const child = spawn(file, args, {
    ...account,
    cwd: '/', // ours may be out of the account's reach
    env: { ...process.env, LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  })
  let failure: Error | undefined
  const hasEnded = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null
  const end = () => child.kill('SIGINT')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  child.once('error', (error) => {
    failure = error
    process.off('exit', end)
  })
  child.unref()
  await output.close()

  let stopped: Promise<void> | undefined
  return {
    pid: child.pid,
    hasEnded,
    hasSucceeded: () => child.exitCode === 0,
    lastWords: async () => failure?.message ?? lastWords(await readFile(log, 'utf8')),
    stop: () => {
      stopped ??= shutDown(
        (signal) => child.kill(signal),
        async () => hasEnded(),
      )
      return stopped
    },
  }
}

/**
 * Stops the server of the data folder `data` that outlived its shop, as it does when the shop is killed with -9.
 * A `postmaster.pid` whose process is somebody else's by now is removed: PostgreSQL would take it for a server.
 */
export async function stopLeftBehind(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)
  const command = pid > 0 ? await commandOf(pid) : undefined
  if (!command) return
  if (!isServerOf(data, command)) return rm(file)
  await shutDown(
    (signal) => sendTo(pid, signal),
    async () => !isServerOf(data, (await commandOf(pid)) ?? ''),
  )
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** By the arguments that `startEmbeddedPostgres` gives: the processes below the server have other command lines. */
function isServerOf(data: string, command: string): boolean {
  return command.includes(`postgres -D ${data} -p `)
}

async function shutDown(
  send: (signal: NodeJS.Signals) => void,
  isGone: () => Promise<boolean>,
): Promise<void> {
  for (const { signal, limitMs } of STOP_STEPS) {
    if (await isGone()) return
    send(signal)
    const deadline = performance.now() + limitMs
    while (performance.now() < deadline) {
      if (await isGone()) return
      await pause(10)
    }
  }
  throw new Error('PostgreSQL does not stop')
}

function lastWords(output: string): string {
  const lines = output.trim().split('\n').slice(-6)
  return lines.map((line) => line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, '').trim()).join('; ')
}
