import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Child } from '../../bench/processes/child.ts'
import { freePort } from '../../bench/processes/free-port.ts'
import { shopEnvironment } from '../../bench/processes/shop-environment.ts'
import { lambdaAccess } from '../../local/functions/lambda-access.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const serverless = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'))

/** A shop with everything embedded, in a process and a data directory of its own. */
export class EmbeddedShop {
  readonly environment: NodeJS.ProcessEnv
  readonly dataDirectory: string
  readonly url: string
  #child: Child | undefined

  private constructor(dataDirectory: string, httpPort: number, lambdaPort: number) {
    this.dataDirectory = dataDirectory
    this.url = `http://127.0.0.1:${httpPort}`
    this.environment = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...shopEnvironment({
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(httpPort),
        LAMBDA_PORT: String(lambdaPort),
        STOCKROOM_DATA_DIR: dataDirectory,
        LOG_LEVEL: 'error',
        SLS_LOG_LEVEL: 'warning',
      }),
    }
  }

  /** Prepares a shop that isn't started yet. */
  static async create(): Promise<EmbeddedShop> {
    const directory = await mkdtemp(join(tmpdir(), 'stockroom-shop-'))
    // Root runs PostgreSQL under another account, which has to get through.
    await chmod(directory, 0o755)
    return new EmbeddedShop(directory, await freePort(), await freePort())
  }

  get output(): string {
    return `${this.#child?.stdout}${this.#child?.stderr}`
  }

  /** Starts it as `npm start` does, and resolves when it is ready. */
  async start(): Promise<void> {
    const child = new Child([process.execPath, serverless, 'offline', 'start'], {
      cwd: repository,
      env: this.environment,
    })
    this.#child = child
    await child.until(() => child.stdout.includes('Ctrl-C stops it.'))
  }

  /** Invokes one of its functions with an event, through its Lambda API. */
  async invoke(functionKey: string, event: object): Promise<unknown> {
    const { dataDirectory } = this
    const place = { dataDirectory, lambdaPort: Number(this.environment.LAMBDA_PORT) }
    const { url, headers } = await lambdaAccess(place, functionKey)
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) })
    return response.json().catch(() => undefined)
  }

  /** Runs one of the project's commands with its environment. */
  async run(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const options = { cwd: repository, env: this.environment, timeout: 60_000 }
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], options)
      return { code: 0, stdout, stderr }
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string }
    }
  }

  /** Stops it and resolves to its exit code. */
  async stop(): Promise<number | string | undefined> {
    this.#child?.signal('SIGTERM', 'process')
    return this.#child?.ended
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.stop()
    await rm(this.dataDirectory, { recursive: true, force: true })
  }
}
