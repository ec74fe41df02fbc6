import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { processesOf } from './process-list.ts'
import { type ShopVariable, shopEnvironment, shopVariables } from './shop-environment.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const startWithinMs = 60_000
const endWithinMs = 20_000

interface Start {
  /** Default: `npm start`. */
  command?: string[]
  /** Where it is started; default: this repository. */
  directory?: string
  environment?: Partial<Record<ShopVariable, string>>
  /** Appears on its output when it is ready. */
  readyLine?: string
}

/** The shop, or its consumers, as a user starts it: a process group of its own. */
export class ShopProcess {
  readonly url: string
  readonly #child: ChildProcess
  readonly #dataDirectory: string
  readonly #readyLine: string
  readonly #exited: Promise<number | NodeJS.Signals>
  stdout = ''
  stderr = ''

  private constructor(
    command: string[],
    cwd: string,
    environment: Record<string, string>,
    readyLine: string,
  ) {
    const [program = '', ...args] = command
    this.url = `http://localhost:${environment.HTTP_PORT}`
    this.#dataDirectory = String(environment.STOCKROOM_DATA_DIR)
    this.#readyLine = readyLine
    this.#child = spawn(program, args, { cwd, detached: true, env: environment, stdio: 'pipe' })
    this.#child.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(code ?? (signal as NodeJS.Signals)))
    })
    started.add(this)
  }

  /** Starts it without waiting. What isn't in `environment` is empty, so that no `.env` sets it. */
  static async launch({
    command = ['npm', 'start'],
    directory = repository,
    environment,
    readyLine = 'Ctrl-C stops it.',
  }: Start = {}) {
    return new ShopProcess(
      command,
      directory,
      {
        ...inherited(),
        ...shopEnvironment({
          HTTP_PORT: String(await freePort()),
          LAMBDA_PORT: String(await freePort()),
          STOCKROOM_DATA_DIR: join(tmpdir(), 'stockroom-shops'),
          LOG_LEVEL: 'warn',
          ...environment,
        }),
      },
      readyLine,
    )
  }

  /** Starts it and waits until it says that it is ready. */
  static async start(start: Start = {}): Promise<ShopProcess> {
    const shop = await ShopProcess.launch(start)
    await shop.isReady()
    return shop
  }

  /** Of the process that was started; its children are below it. */
  get pid(): number {
    return this.#child.pid as number
  }

  async isReady(): Promise<void> {
    let code: number | string | undefined
    this.#exited.then((exit) => {
      code = exit
    })
    await eventually(() => {
      if (code !== undefined) throw new Error(`it ended with ${code}:\n${this.stdout}\n${this.stderr}`)
      return this.stdout.includes(this.#readyLine)
    }, startWithinMs)
  }

  /** Sends a signal as Ctrl-C does, to the whole group, or as `kill` does, to the process that was started. */
  signal(signal: NodeJS.Signals, to: 'group' | 'process' = 'group'): void {
    try {
      process.kill(to === 'group' ? -this.pid : this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Resolves to its exit code, or to the signal that ended it. */
  async exit(limitMs = endWithinMs): Promise<number | NodeJS.Signals> {
    let code: number | NodeJS.Signals | undefined
    this.#exited.then((exit) => {
      code = exit
    })
    await eventually(() => code !== undefined, limitMs)
    return code as number | NodeJS.Signals
  }

  /** Stops it and resolves to its exit code. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.signal('SIGTERM')
    return this.exit()
  }

  /** What of it still runs: its group, and the PostgreSQL of its data directory. */
  async remains(): Promise<string[]> {
    const mark = this.#dataDirectory || 'no data directory'
    return (await processesOf(this.pid, mark)).map(({ command }) => command)
  }

  /** The process ids of its workers, which its main process has started with its own command. */
  async workers(): Promise<number[]> {
    const all = await processesOf(this.pid, 'no mark')
    const serving = all.filter(({ command }) => command.endsWith('serverless offline start '))
    return serving.filter(({ parent }) => serving.some(({ pid }) => pid === parent)).map(({ pid }) => pid)
  }

  /** Ends whatever is left, at once. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exited
    started.delete(this)
  }
}

const started = new Set<ShopProcess>()

/** Ends every process that a test has left running. */
export async function killShops(): Promise<void> {
  for (const shop of started) {
    if (await Promise.race([shop.exit(1).catch(() => undefined), undefined])) started.delete(shop)
    else await stopOrKill(shop)
  }
}

async function stopOrKill(shop: ShopProcess): Promise<void> {
  shop.signal('SIGTERM')
  await shop.exit(10_000).catch(() => {})
  await shop.kill()
}

/** A data directory of a test's own, which PostgreSQL's account can reach when root runs the tests. */
export async function ownDataDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'stockroom-shop-'))
  await chmod(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** A shell's environment, without what npm and Jest have added to that of this process. */
function inherited(): Record<string, string> {
  const ours = ['NODE_ENV', 'NODE_OPTIONS', 'JEST_WORKER_ID', ...shopVariables] as string[]
  const entries = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !ours.includes(name) && !/^(npm_|STOCKROOM_TEST)/.test(name),
  )
  return Object.fromEntries(entries) as Record<string, string>
}
