import { execFile } from 'node:child_process'
import { chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { runSql } from '../../support/test-database.ts'
import { type Child, startChild, untilItListens } from './child.ts'
import type { PostgresPrograms } from './programs.ts'
import type { Server } from './server.ts'

const run = promisify(execFile)

/** PostgreSQL on a free port, with its data below `directory` and its locale and settings as initdb leaves them. */
export class PostgresServer implements Server {
  readonly #programs: PostgresPrograms
  readonly #directory: string
  readonly #port: number
  #child: Child | undefined

  private constructor(programs: PostgresPrograms, directory: string, port: number) {
    this.#programs = programs
    this.#directory = directory
    this.#port = port
  }

  static async create(programs: PostgresPrograms, directory: string): Promise<PostgresServer> {
    const server = new PostgresServer(programs, directory, await freePort())
    await server.#initialise()
    return server
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`
  }

  async start(): Promise<void> {
    await eventually(() => this.#attempt(), 30_000)
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  async forget(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true })
    await this.#initialise()
  }

  async untilItAnswers(): Promise<void> {
    await eventually(
      () =>
        runSql(this.url, 'select 1').then(
          () => true,
          () => false,
        ),
      60_000,
    )
  }

  async #initialise(): Promise<void> {
    const { directory, account } = this.#programs
    await mkdir(this.#directory)
    if (account.uid !== undefined) await chown(this.#directory, account.uid, account.gid as number)
    const options = ['-D', join(this.#directory, 'data'), '-U', 'postgres', '--auth=trust', '--no-sync']
    await run(join(directory, 'initdb'), options, { ...account, cwd: '/' })
  }

  /** A killed server's last sessions may still hold its memory for a moment: then it doesn't start. */
  async #attempt(): Promise<boolean> {
    const { directory, account } = this.#programs
    const options = [
      '-D',
      join(this.#directory, 'data'),
      '-p',
      String(this.#port),
      '-h',
      '127.0.0.1',
      '-k',
      '',
    ]
    const child = startChild(join(directory, 'postgres'), options, {
      ...account,
      cwd: '/',
      log: `${this.#directory}.log`,
    })
    this.#child = child
    return untilItListens(child, this.#port).then(
      () => true,
      () => false,
    )
  }
}
