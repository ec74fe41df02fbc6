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

/** Starts a process that listens on a port of its own where it listens; resolves to its URL when it is ready. */
export async function startProcess({
  command,
  environment = {},
  isReady = 'when it says so',
}: Start): Promise<string> {
  const port = String(await freePort())
  const launched = await ShopProcess.launch({
    command,
    environment: { HTTP_HOST: host, HTTP_PORT: port, ...environment },
  })
  const url = `http://${host}:${port}`
  if (isReady === 'when it says so') await launched.isReady()
  else await eventually(() => answers(url), startWithinMs)
  return url
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  )
