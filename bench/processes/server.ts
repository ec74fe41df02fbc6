import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child.ts'
import { freePort } from './free-port.ts'
import { processEnvironment } from './shop-environment.ts'

const host = '127.0.0.1'

/** A process that runs, and where it listens. */
export interface Started {
  url: string
  pid: number
}

/** Starts a shop, or what is compared with one, on ports of its own; resolves when it says how it is stopped. */
export async function startServer(
  command: readonly string[],
  environment: Record<string, string>,
): Promise<Started> {
  const port = String(await freePort())
  const env = processEnvironment({
    HTTP_HOST: host,
    HTTP_PORT: port,
    LAMBDA_PORT: String(await freePort()),
    STOCKROOM_DATA_DIR: join(tmpdir(), 'stockroom-shops'),
    LOG_LEVEL: 'warn',
    ...environment,
  })
  const child = new Child(command, { env })
  await child.until(() => child.stdout.includes('Ctrl-C stops it.'))
  return { url: `http://${host}:${port}`, pid: child.pid }
}
