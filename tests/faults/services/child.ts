import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { eventually } from '../../support/eventually.ts'

/** A process of the suite's own, at the head of a process group of its own. */
export interface Child {
  /** Resolves to the exit code, or to the name of the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
  isRunning(): boolean
  /** Sends a signal to the process alone. */
  signal(signal: NodeJS.Signals): void
  /** Sends SIGKILL to the whole group and resolves when its head is gone. */
  kill(): Promise<void>
  /** The end of what it wrote. */
  lastWords(): string
}

const running = new Set<Child>()
const leaders = new Set<ChildProcess>()

/** Starts a program with its output in the file `log`. It is killed when the suite exits, however that comes about. */
export function startChild(
  command: string,
  args: string[],
  { log, ...options }: SpawnOptions & { log: string },
): Child {
  const output = openSync(log, 'a')
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal as NodeJS.Signals)))
    child.once('error', () => resolve(-1))
  })
  const self: Child = {
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => child.kill(signal),
    async kill() {
      killGroup(child)
      await ended
    },
    lastWords: () => readFileSync(log, 'utf8').trim().split('\n').slice(-15).join('\n'),
  }
  running.add(self)
  leaders.add(child)
  ended.then(() => {
    // What the head of the group has left behind.
    killGroup(child)
    running.delete(self)
    leaders.delete(child)
  })
  return self
}

/** Kills whatever is still running. */
export async function killChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()))
}

process.once('exit', () => {
  for (const child of leaders) killGroup(child)
})

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

/**
 * Resolves as soon as somebody listens on the port.
 * @throws Error with the last words of the child when it ends instead, or doesn't listen in time
 */
export async function untilItListens(child: Child, port: number, limitMs = 60_000): Promise<void> {
  try {
    await eventually(async () => {
      if (!child.isRunning()) throw new Error('it has ended')
      return listens(port)
    }, limitMs)
  } catch (error) {
    throw new Error(`Nobody listens on port ${port}: ${(error as Error).message}\n${child.lastWords()}`)
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
