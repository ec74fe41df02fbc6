import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { eventually } from './eventually.ts'

interface Start extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  /** The file that its output is added to; without one it is kept in `stdout` and `stderr`. */
  log?: string
}

const running = new Set<Child>()

/** A process at the head of a process group of its own, which is killed when ours exits. */
export class Child {
  stdout = ''
  stderr = ''
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  readonly #process: ChildProcess
  readonly #log: string | undefined

  constructor([program = '', ...args]: readonly string[], { log, ...options }: Start = {}) {
    const output = log ? openSync(log, 'a') : 'pipe'
    this.#process = spawn(program, args, { ...options, detached: true, stdio: ['ignore', output, output] })
    if (typeof output === 'number') closeSync(output)
    this.#log = log
    this.#process.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.#process.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.ended = new Promise((resolve) => {
      this.#process.once('error', () => resolve(-1))
      this.#process.once('close', (code, signal) => resolve(code ?? (signal as NodeJS.Signals)))
    })
    running.add(this)
    this.ended.then(() => running.delete(this))
  }

  /** Of the process that was started; its children are below it. */
  get pid(): number {
    return this.#process.pid as number
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** The end of what it wrote. */
  get lastWords(): string {
    const output = this.#log ? readFileSync(this.#log, 'utf8') : `${this.stdout}\n${this.stderr}`
    return output.trim().split('\n').slice(-15).join('\n')
  }

  /**
   * Resolves when `isReady` says so for the first time.
   * @throws Error with its last words when it ends before, or the time is over
   */
  async until(isReady: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
    try {
      await eventually(() => {
        if (!this.isRunning) throw new Error('it has ended')
        return isReady()
      }, limitMs)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.lastWords}`)
    }
  }

  /** Sends a signal as Ctrl-C does, to the whole group, or as `kill` does, to the process that was started. */
  signal(signal: NodeJS.Signals, to: 'group' | 'process' = 'group'): void {
    try {
      process.kill(to === 'group' ? -this.pid : this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Kills the whole group, what its head has left behind too; resolves when the head is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }
}

/** Kills whatever was started. */
export async function killChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()))
}

process.once('exit', () => {
  for (const child of running) child.signal('SIGKILL')
})
