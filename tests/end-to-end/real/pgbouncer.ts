import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { pathOf } from '../../support/tools.ts'

/** Starts a PgBouncer in front of the server of `databaseUrl`; resolves to the URL of the same database behind it. */
export async function startPgBouncer(databaseUrl: string, poolMode: 'session' | 'transaction') {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl)
  const secret = password && ` password='${decodeURIComponent(password)}'`
  const ownPort = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'pgbouncer-'))
  await chmod(directory, 0o755) // as root it runs under another account
  const file = join(directory, 'pgbouncer.ini')
  await writeFile(
    file,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${port || 5432} user=${username}${secret}
[pgbouncer]
listen_addr=127.0.0.1
listen_port=${ownPort}
unix_socket_dir=
auth_type=any
pool_mode=${poolMode}
`,
  )
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const bouncer = spawn(pathOf('pgbouncer'), ['-q', ...account, file], { stdio: 'ignore' })
  await eventually(() => {
    if (bouncer.exitCode !== null) throw new Error(`PgBouncer ended with ${bouncer.exitCode}`)
    return answers(ownPort)
  })
  return {
    url: `postgres://shop@127.0.0.1:${ownPort}${pathname}`,
    async stop() {
      bouncer.kill('SIGKILL')
      await once(bouncer, 'exit')
      await rm(directory, { recursive: true })
    },
  }
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => resolve(Boolean(socket.destroy())))
  })
