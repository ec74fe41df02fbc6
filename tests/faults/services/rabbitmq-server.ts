import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import amqp from 'amqplib'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type Child, startChild, untilItListens } from './child.ts'
import type { RabbitmqPrograms } from './programs.ts'
import type { Server } from './server.ts'

const run = promisify(execFile)

const settings = `
loopback_users = none
disk_free_limit.absolute = 50MB
`

/** RabbitMQ as a node of its own, with its own port mapper: no other broker on the machine notices it. */
export class RabbitmqServer implements Server {
  readonly #programs: RabbitmqPrograms
  readonly #directory: string
  readonly #ports: { amqp: number; distribution: number; mapper: number }
  #mapper: Child | undefined
  #child: Child | undefined

  private constructor(programs: RabbitmqPrograms, directory: string, ports: RabbitmqServer['ports']) {
    this.#programs = programs
    this.#directory = directory
    this.#ports = ports
  }

  static async create(programs: RabbitmqPrograms, directory: string): Promise<RabbitmqServer> {
    await mkdir(join(directory, 'home'), { recursive: true })
    await writeFile(join(directory, 'home', '.erlang.cookie'), 'stockroomfaults', { mode: 0o400 })
    await writeFile(join(directory, 'rabbitmq.conf'), settings)
    await writeFile(join(directory, 'enabled_plugins'), '[].\n')
    await writeFile(join(directory, 'rabbitmq-env.conf'), '')
    const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()]
    return new RabbitmqServer(programs, directory, { amqp: port, distribution, mapper })
  }

  get ports(): { amqp: number; distribution: number; mapper: number } {
    return this.#ports
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.#ports.amqp}`
  }

  async start(): Promise<void> {
    const { server, epmd } = this.#programs
    const log = `${this.#directory}.log`
    const env = this.#environment()
    if (!this.#mapper?.isRunning()) {
      const options = ['-port', String(this.#ports.mapper), '-address', '127.0.0.1']
      this.#mapper = startChild(epmd, options, { env, log })
      await untilItListens(this.#mapper, this.#ports.mapper)
    }
    this.#child = startChild(server, [], { env, log, cwd: this.#directory })
    await untilItListens(this.#child, this.#ports.amqp, 120_000)
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
    await this.#untilItsNameIsFree()
  }

  async forget(): Promise<void> {
    await rm(join(this.#directory, 'data'), { recursive: true, force: true })
  }

  async untilItAnswers(): Promise<void> {
    await eventually(async () => {
      const connection = await amqp.connect(this.url, { timeout: 2000 }).catch(() => undefined)
      connection?.on('error', () => {})
      await connection?.close()
      return connection !== undefined
    }, 60_000)
  }

  /** Runs `rabbitmqctl` on this node. */
  async control(args: readonly string[]): Promise<void> {
    await run(join(this.#programs.server, '..', 'rabbitmqctl'), ['-q', ...args], { env: this.#environment() })
  }

  /** The port mapper forgets a node when its connection closes, which it notices a moment after the kill. */
  async #untilItsNameIsFree(): Promise<void> {
    await pause(200)
  }

  #environment(): NodeJS.ProcessEnv {
    const here = (name: string) => join(this.#directory, name)
    return {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: here('home'),
      ERL_EPMD_PORT: String(this.#ports.mapper),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `stockroom-faults-${process.pid}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(this.#ports.amqp),
      RABBITMQ_DIST_PORT: String(this.#ports.distribution),
      RABBITMQ_MNESIA_BASE: here('data'),
      RABBITMQ_LOG_BASE: here('log'),
      RABBITMQ_PID_FILE: here('pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: here('enabled_plugins'),
      RABBITMQ_CONFIG_FILE: here('rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: here('rabbitmq-env.conf'),
    }
  }
}
