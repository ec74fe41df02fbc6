import { createHash, timingSafeEqual } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { LocalSettings } from '../settings/settings.ts'
import { keepToken, lambdaHost, tokenHeader } from './lambda-access.ts'

interface Toolkit {
  response(body: object): { code(status: number): { takeover(): unknown } }
  continue: unknown
}
type Guard = (request: { headers: Record<string, string | undefined> }, toolkit: Toolkit) => unknown

/** The part of a hapi server that is used here. */
interface Server {
  ext(event: 'onRequest', guard: Guard): void
  route(route: object): void
  start(): Promise<void>
  stop(options: { timeout: number }): Promise<void>
}

/** What serverless-offline starts and stops: its own opens the port to whoever reaches HTTP_HOST, and to every web page. */
interface Lambda {
  start(): Promise<void>
  stop(timeoutMs: number): Promise<void>
}

/** Lets serverless-offline open no port at which functions are invoked by name. */
export async function openNoLambdaPort(): Promise<void> {
  const { lambda } = await internals()
  Object.assign(lambda, { start: async () => {}, stop: async () => {} })
}

/**
 * Lets serverless-offline invoke functions by name for this machine alone, and only for who holds the token of this
 * start, which lies in the data directory until the port is closed. Reaches into files of the one version that
 * package.json pins.
 *
 * @throws Error in one line when these look different, so that the port stays closed, or when the token can't be kept
 */
export async function guardLambdaPort(
  settings: Pick<LocalSettings, 'dataDirectory' | 'lambdaPort'>,
): Promise<void> {
  const { lambda, routeTo, createServer } = await internals()
  const { token, forget } = await keepToken(settings)
  const server = createServer({ host: lambdaHost, port: settings.lambdaPort })
  // Before a route is looked for or a body is read.
  server.ext('onRequest', guard(token))
  lambda.start = async function start() {
    server.route(routeTo(this))
    await server.start()
  }
  lambda.stop = async (timeout) => {
    await forget()
    await server.stop({ timeout })
  }
}

function guard(token: string): Guard {
  const expected = digest(token)
  return ({ headers }, toolkit) =>
    timingSafeEqual(digest(headers[tokenHeader] ?? ''), expected)
      ? toolkit.continue
      : toolkit.response({ message: 'Forbidden' }).code(403).takeover()
}

/** All of one length, as `timingSafeEqual` wants it. */
const digest = (text: string) => createHash('sha256').update(text).digest()

async function internals() {
  try {
    const root = dirname(fileURLToPath(import.meta.resolve('serverless-offline')))
    const open = (file: string) => import(pathToFileURL(join(root, file)).href)
    const { default: LambdaOfOffline } = await open('lambda/Lambda.js')
    const { invocationsRoute } = await open('lambda/routes/index.js')
    const { server } = createRequire(join(root, 'index.js'))('@hapi/hapi')
    const lambda: Lambda = LambdaOfOffline.prototype
    const needed = [lambda.start, lambda.stop, invocationsRoute, server]
    if (needed.some((one) => typeof one !== 'function')) throw new Error('its Lambda API has other parts')
    return {
      lambda,
      routeTo: (functions: Lambda): object => invocationsRoute(functions, { corsConfig: false }),
      createServer: server as (options: { host: string; port: number }) => Server,
    }
  } catch (error) {
    throw new Error(`serverless-offline is not the version whose Lambda port can be guarded (${error}).`)
  }
}
