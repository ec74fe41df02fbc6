import { mkdir } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type Child, startChild, untilItListens } from './child.ts'
import type { Server } from './server.ts'

/** Redis on a free port; it keeps nothing on disk, so a killed one comes back empty. */
export class RedisServer implements Server {
  readonly #program: string
  readonly #directory: string
  readonly #port: number
  #child: Child | undefined

  private constructor(program: string, directory: string, port: number) {
    this.#program = program
    this.#directory = directory
    this.#port = port
  }

  static async create(program: string, directory: string): Promise<RedisServer> {
    await mkdir(directory)
    return new RedisServer(program, directory, await freePort())
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const options = ['--port', String(this.#port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#child = startChild(this.#program, [...options, '--dir', this.#directory], {
      log: `${this.#directory}.log`,
    })
    await untilItListens(this.#child, this.#port)
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  async forget(): Promise<void> {}

  async untilItAnswers(): Promise<void> {
    const redis = new Redis(this.url, { lazyConnect: true })
    redis.on('error', () => {})
    await eventually(() => redis.ping().catch(() => false), 30_000)
    redis.disconnect()
  }
}
