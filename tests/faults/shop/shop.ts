import { fileURLToPath } from 'node:url'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { shopEnvironment } from '../../support/shop-environment.ts'
import { type Child, startChild } from '../services/child.ts'

const projectDirectory = fileURLToPath(new URL('../../..', import.meta.url))

/** The services that a shop is given; an empty URL makes it use what is in its own process. */
export interface ShopUrls {
  DATABASE_URL: string
  REDIS_URL: string
  RABBITMQ_URL: string
}

/** One instance of the shop, started as a user starts it: `npm start`, with its log in a file. */
export class Shop {
  readonly environment: NodeJS.ProcessEnv
  readonly httpPort: number
  readonly #log: string
  #child: Child | undefined
  #settings = ''

  private constructor(environment: NodeJS.ProcessEnv, httpPort: number, log: string) {
    this.environment = environment
    this.httpPort = httpPort
    this.#log = log
  }

  /** Prepares an instance on free ports; `directory` takes its log and the data of embedded parts. */
  static async create(urls: ShopUrls, directory: string, name: string): Promise<Shop> {
    const httpPort = await freePort()
    const own = shopEnvironment({
      ...urls,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(httpPort),
      LAMBDA_PORT: String(await freePort()),
      STOCKROOM_DATA_DIR: `${directory}/${name}-data`,
      CACHE_TTL_SECONDS: '5',
    })
    return new Shop(
      { ...process.env, ...own, SLS_LOG_LEVEL: 'warning' },
      httpPort,
      `${directory}/${name}.log`,
    )
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`
  }

  get isRunning(): boolean {
    return this.#child?.isRunning() ?? false
  }

  /** The end of its log. */
  get lastWords(): string {
    return this.#child?.lastWords() ?? ''
  }

  /** What it was started with, for comparing. */
  get settings(): string {
    return this.#settings
  }

  /** Resolves when it is healthy. `settings` are added to its environment. */
  async start(settings: Record<string, string> = {}): Promise<void> {
    this.#settings = JSON.stringify(settings)
    const child = startChild('npm', ['start', '--silent'], {
      env: { ...this.environment, ...settings },
      cwd: projectDirectory,
      log: this.#log,
    })
    this.#child = child
    try {
      await eventually(async () => {
        if (!child.isRunning()) throw new Error('it has ended')
        return (await fetch(`${this.url}/health`).catch(() => undefined))?.ok
      }, 60_000)
    } catch (error) {
      throw new Error(`The shop doesn't start: ${(error as Error).message}\n${child.lastWords()}`)
    }
  }

  /** SIGKILL to npm and the shop alike. */
  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  /** SIGTERM to npm, which passes it on; resolves to the exit code, or the signal's name, and how long it took. */
  async terminate(): Promise<{ code: number | string; seconds: number }> {
    const begin = performance.now()
    this.#child?.signal('SIGTERM')
    const code = await (this.#child?.ended ?? -1)
    return { code, seconds: (performance.now() - begin) / 1000 }
  }
}
