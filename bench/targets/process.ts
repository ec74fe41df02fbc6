import { eventually } from '../../tests/support/eventually.ts'
import { freePort } from '../../tests/support/free-port.ts'
import { ShopProcess } from '../../tests/support/shop-process.ts'

const host = '127.0.0.1'
const startWithinMs = 60_000

interface Start {
  command: string[]
  environment?: Record<string, string>
  /** Default: it is ready when it says how it is stopped. */
  isReady?: 'when it says so' | 'when it answers'
}

/** A process that runs, and where it listens. */
export interface Started {
  url: string
  pid: number
}

/** Starts a process that listens on a port of its own where it listens; resolves when it is ready. */
export async function startProcess({
  command,
  environment = {},
  isReady = 'when it says so',
}: Start): Promise<Started> {
  const port = String(await freePort())
  const launched = await ShopProcess.launch({
    command,
    environment: { HTTP_HOST: host, HTTP_PORT: port, ...environment },
  })
  const url = `http://${host}:${port}`
  if (isReady === 'when it says so') await launched.isReady()
  else await eventually(() => answers(url), startWithinMs)
  return { url, pid: launched.pid }
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  )
