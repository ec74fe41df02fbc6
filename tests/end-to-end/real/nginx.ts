import { type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { pathOf } from '../../support/tools.ts'

/** The configuration of the container in front of the shop. */
export const nginxConfiguration = () => readFileSync('deploy/containers/nginx.conf', 'utf8')

/** Starts nginx as its container does, with the addresses of processes in the place of the service's name. */
export async function startNginx(urls: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'stockroom-proxy-'))
  const address = `127.0.0.1:${await freePort()}`
  const servers = urls.map((url) => `server 127.0.0.1:${new URL(url).port} max_fails=1 fail_timeout=2s;`)
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    nginxConfiguration()
      .replace(/server api:3000 [^;]+;/, servers.join(' '))
      .replace('listen 8080;', `listen ${address};`)
      .replaceAll('/tmp/', `${folder}/`),
  )
  // It opens /dev/stdout, which works for a file, as for a container's output, but not for a socket, as Node makes.
  const log = join(folder, 'proxy.log')
  const output = openSync(log, 'a')
  const options: StdioOptions = ['ignore', output, output]
  const { status } = spawnSync(pathOf('nginx'), ['-t', '-q', '-p', folder, '-c', file], { stdio: options })
  const words = readFileSync(log, 'utf8')
  if (status !== 0 || words !== '') throw new Error(`nginx refuses its configuration: ${words}`)
  const proxy = spawn(pathOf('nginx'), ['-p', folder, '-c', file, '-g', 'daemon off;'], { stdio: options })
  await eventually(() =>
    fetch(`http://${address}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return {
    url: `http://${address}`,
    /** How many requests the process at `url` has answered, as the log has it. */
    answeredBy: (url: string) =>
      readFileSync(log, 'utf8').split(`127.0.0.1:${new URL(url).port} `).length - 1,
    /** Ends it by a signal on which it ends its workers, which would outlive it; resolves to its exit code. */
    async stop(signal: NodeJS.Signals): Promise<number | null> {
      if (proxy.exitCode === null) {
        const ended = once(proxy, 'exit')
        proxy.kill(signal)
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
      return proxy.exitCode
    },
  }
}
