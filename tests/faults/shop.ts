import { fileURLToPath } from 'node:url'
import { Child } from '../../bench/processes/child.ts'
import { freePort } from '../../bench/processes/free-port.ts'
import { processEnvironment } from '../../bench/processes/shop-environment.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The services that a shop is given; an empty URL makes it use what is in its own process. */
export type ShopUrls = Record<'DATABASE_URL' | 'REDIS_URL' | 'RABBITMQ_URL', string>

type Settings = Record<string, string>

/** One instance of the shop, started as a user starts it: `npm start`, with its log in a file. */
export class Shop {
  readonly environment: NodeJS.ProcessEnv
  readonly url: string
  readonly #log: string
  #child: Child | undefined
  #settings: Settings = {}

  /** Prepares an instance; `directory` takes its log and the data of embedded parts. */
  constructor(urls: ShopUrls, [httpPort, lambdaPort]: readonly number[], directory: string) {
    this.url = `http://127.0.0.1:${httpPort}`
    this.#log = `${directory}/shop-${httpPort}.log`
    this.environment = processEnvironment({
      ...urls,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(httpPort),
      LAMBDA_PORT: String(lambdaPort),
      STOCKROOM_DATA_DIR: `${directory}/shop-${httpPort}-data`,
      CACHE_TTL_SECONDS: '5',
      SLS_LOG_LEVEL: 'warning',
    })
  }

  static async onFreePorts(urls: ShopUrls, directory: string): Promise<Shop> {
    return new Shop(urls, [await freePort(), await freePort()], directory)
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false
  }

  /** The end of its log. */
  get lastWords(): string {
    return this.#child?.lastWords ?? ''
  }

  /** Whether it was started with these settings. */
  has(settings: Settings): boolean {
    return JSON.stringify(this.#settings) === JSON.stringify(settings)
  }

  /** Resolves when it is healthy. `settings` are added to its environment: those of before, unless given. */
  async start(settings: Settings = this.#settings): Promise<void> {
    this.#settings = settings
    const env = { ...this.environment, ...settings }
    this.#child = new Child(['npm', 'start', '--silent'], { env, cwd: repository, log: this.#log })
    const health = () => fetch(`${this.url}/health`).catch(() => undefined)
    await this.#child.until(async () => (await health())?.ok === true)
  }

  /** SIGKILL to npm and the shop alike. */
  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  /** SIGTERM to npm, which passes it on; resolves to the exit code, or the signal's name, and how long it took. */
  async terminate(): Promise<{ code: number | string; seconds: number }> {
    const begin = performance.now()
    this.#child?.signal('SIGTERM', 'process')
    const code = await (this.#child?.ended ?? -1)
    await this.kill() // what npm may have left behind
    return { code, seconds: (performance.now() - begin) / 1000 }
  }
}
