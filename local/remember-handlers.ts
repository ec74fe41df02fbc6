import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

interface Loader {
  load(root: string, handler: string): Promise<unknown>
}

interface Log {
  warning(text: string): void
  error(text: unknown): void
}

/**
 * Makes serverless-offline keep a loaded handler, as a warm Lambda environment does; it looks the file up again at
 * every call. Also drops its debug and notice lines, of which it builds about ten a request. Reaches into files of the
 * one version that package.json pins: where these look different, everything works as installed, only slower.
 *
 * @param log gets the one line that says so
 */
export async function rememberHandlers(log: Log): Promise<void> {
  try {
    const root = dirname(fileURLToPath(import.meta.resolve('serverless-offline')))
    const runner = join(root, 'lambda/handler-runner/in-process-runner')
    remember(createRequire(import.meta.url)(join(runner, 'aws-lambda-ric/UserFunction.js')))
    const { setLogUtils } = await import(pathToFileURL(join(root, 'utils/log.js')).href)
    setLogUtils({ log: withoutNotices(log), progress: {} })
  } catch (error) {
    log.warning(
      `serverless-offline is not the version that is known: handlers are looked up at every call (${error}).`,
    )
  }
}

/** The log of Serverless inherits its functions, so a copy of it would have none. */
const withoutNotices = (log: Log) => ({
  debug() {},
  info() {},
  notice() {},
  verbose() {},
  warning: (text: string) => log.warning(text),
  error: (text: unknown) => log.error(text),
})

function remember(loader: Loader): void {
  const { load } = loader
  if (typeof load !== 'function') throw new Error('its handler loader has no function "load"')
  const handlers = new Map<string, Promise<unknown>>()
  loader.load = (root, handler) => {
    let found = handlers.get(handler)
    if (!found) {
      found = load(root, handler)
      handlers.set(handler, found)
      found.catch(() => handlers.delete(handler))
    }
    return found
  }
}
