import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from '../../bench/processes/child.ts'
import { eventually } from '../../bench/processes/eventually.ts'
import { freePort } from '../../bench/processes/free-port.ts'
import { processEnvironment } from '../../bench/processes/shop-environment.ts'
import { processesOf } from './process-list.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const endWithinMs = 20_000

interface Start {
  /** Default: `npm start`. */
  command?: string[]
  /** Where it is started; default: this repository. */
  directory?: string
  environment?: Record<string, string | undefined>
  /** Appears on its output when it is ready. */
  readyLine?: string
}

const started = new Set<ShopProcess>()

/** The shop, or its consumers, as a user starts it. */
export class ShopProcess extends Child {
  readonly url: string
  readonly #dataDirectory: string
  readonly #readyLine: string

  private constructor(command: string[], cwd: string, env: NodeJS.ProcessEnv, readyLine: string) {
    super(command, { cwd, env })
    this.url = `http://localhost:${env.HTTP_PORT}`
    this.#dataDirectory = String(env.STOCKROOM_DATA_DIR)
    this.#readyLine = readyLine
    started.add(this)
  }

  /** Starts it without waiting. What isn't in `environment` is empty, so that no `.env` sets it. */
  static async launch({
    command = ['npm', 'start'],
    directory = repository,
    environment,
    readyLine = 'Ctrl-C stops it.',
  }: Start = {}) {
    const env = processEnvironment({
      HTTP_PORT: String(await freePort()),
      LAMBDA_PORT: String(await freePort()),
      STOCKROOM_DATA_DIR: join(tmpdir(), 'stockroom-shops'),
      LOG_LEVEL: 'warn',
      ...environment,
    })
    return new ShopProcess(command, directory, env, readyLine)
  }

  /** Starts it and waits until it says that it is ready. */
  static async start(start: Start = {}): Promise<ShopProcess> {
    const shop = await ShopProcess.launch(start)
    await shop.isReady()
    return shop
  }

  isReady(): Promise<void> {
    return this.until(() => this.stdout.includes(this.#readyLine))
  }

  /** Resolves to its exit code, or to the signal that ended it. */
  async exit(limitMs = endWithinMs): Promise<number | NodeJS.Signals> {
    let code: number | NodeJS.Signals | undefined
    this.ended.then((exit) => {
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
}

/** Stops every shop that a test has left running. */
export async function killShops(): Promise<void> {
  for (const shop of started) {
    started.delete(shop)
    if (!shop.isRunning) continue
    await shop.stop().catch(() => {})
    await shop.kill()
  }
}

/** A data directory of a test's own, which PostgreSQL's account can reach when root runs the tests. */
export async function ownDataDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'stockroom-shop-'))
  await chmod(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
