import { execFile } from 'node:child_process'
import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Child } from '../../../bench/processes/child.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { runSql } from '../../../bench/services/databases.ts'
import type { PostgresPrograms } from './programs.ts'
import { type Server, succeeds } from './service.ts'

/** PostgreSQL on a free port, with its data below `directory` and its locale and settings as initdb leaves them. */
export async function postgresServer(
  { directory: programs, account }: PostgresPrograms,
  directory: string,
): Promise<Server> {
  const port = String(await freePort())
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const data = join(directory, 'data')
  const options = { ...account, cwd: '/' }
  await mkdir(directory)
  if (account.uid !== undefined) await chown(directory, account.uid, account.gid as number)
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync']
  await promisify(execFile)(join(programs, 'initdb'), initdb, options)
  const command = [join(programs, 'postgres'), '-D', data, '-p', port, '-h', '127.0.0.1', '-k', '']
  return {
    url,
    launch: () => new Child(command, { ...options, log: `${directory}.log` }),
    answers: () => succeeds(runSql(url, 'select 1')),
  }
}
