import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../bench/processes/eventually.ts'
import { freePort } from '../../bench/processes/free-port.ts'
import { pathOf } from './tools.ts'

/** Starts a PgBouncer in front of the server of `databaseUrl`; resolves to the URL of the same database behind it. */
export async function startPgBouncer(
  databaseUrl: string,
  poolMode: 'session' | 'transaction',
): Promise<{ url: string; stop(): Promise<void> }> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl)
  const secret = password && ` password='${decodeURIComponent(password)}'`
  const server = `host=${hostname} port=${port || 5432} user=${username}${secret}`
  const ownPort = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'pgbouncer-'))
  await chmod(directory, 0o755) // as root it runs under another account
  const file = join(directory, 'pgbouncer.ini')
  const settings = ['listen_addr=127.0.0.1', `listen_port=${ownPort}`, 'unix_socket_dir=', 'auth_type=any']
  await writeFile(
    file,
    [
      '[databases]',
      `${pathname.slice(1)} = ${server}`,
      '[pgbouncer]',
      ...settings,
      `pool_mode=${poolMode}`,
      '',
    ].join('\n'),
  )
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const bouncer = spawn(pathOf('pgbouncer'), ['-q', ...account, file], { stdio: 'ignore' })
  await eventually(() => answers(ownPort, bouncer))
  return {
    url: `postgres://shop@127.0.0.1:${ownPort}${pathname}`,
    async stop() {
      const ended = once(bouncer, 'exit')
      bouncer.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true })
    },
  }
}

async function answers(port: number, { exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null) throw new Error(`PgBouncer ended with ${exitCode}`)
  const socket = createConnection(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false)).once('connect', () => resolve(true))
  }).then((answer) => {
    socket.destroy()
    return answer as boolean
  })
}
