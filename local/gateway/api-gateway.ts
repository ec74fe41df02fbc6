import { isUtf8 } from 'node:buffer'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { answerBrowsers, type BrowserGate, type Cors } from './cross-origin.ts'

/** A route and a server of hapi, as far as they are used. */
interface Route {
  options: { cors: unknown; payload?: object }
  handler(request: Arrival, toolkit: unknown): unknown
}
interface Arrival {
  headers: Record<string, string | undefined>
  payload: Buffer | null | undefined
}
interface Server extends BrowserGate {
  settings: { router: { stripTrailingSlash: boolean } }
  route(route: Route): void
}
interface HttpServer {
  createServer(): Promise<void>
  getServer(): Server
}
interface LambdaEvent {
  body: string | null
  isBase64Encoded: boolean
  headers: Record<string, string | undefined>
}

/**
 * Makes serverless-offline hand requests over, and answer browsers, as an HTTP API of API Gateway does. As installed it
 * parses JSON bodies once more, gives an untyped one a type, puts U+FFFD in place of what is no UTF-8, takes `/products/`
 * for `/products`, and lets the pages of every origin read the answers. Reaches into files of the one version that
 * package.json pins: where these look different, everything is as installed.
 *
 * @param cors read at each answer
 * @param log gets the one line that says when the version is another one
 */
export async function answerAsApiGateway(cors: Cors, log: { warning(text: string): void }): Promise<void> {
  try {
    const root = dirname(fileURLToPath(import.meta.resolve('serverless-offline')))
    const open = async (file: string) =>
      (await import(pathToFileURL(join(root, file)).href)).default.prototype
    const server: HttpServer = await open('events/http/HttpServer.js')
    const event = await open('events/http/lambda-events/LambdaProxyIntegrationEventV2.js')
    const { createServer } = server
    if (!createServer || !server.getServer || !event.create) throw new Error('its HTTP server is another one')
    server.createServer = async function (this: HttpServer) {
      await createServer.call(this)
      const hapi = this.getServer()
      hapi.settings.router.stripTrailingSlash = false
      answerBrowsers(hapi, cors)
      keepRequests(hapi)
    }
    keepBodies(event)
  } catch (error) {
    log.warning(
      `serverless-offline is not the version that is known: it reads bodies, paths and origins its own way (${error}).`,
    )
  }
}

/** serverless-offline makes the event in the turn in which hapi calls its handler: that of this request. */
let arriving: { type: string | undefined; bytes: Buffer } | undefined

function keepRequests(server: Server): void {
  const route = server.route.bind(server)
  server.route = ({ options, handler, ...rest }) => {
    // What seems to be no JSON is not parsed; and with its own CORS hapi would answer OPTIONS.
    const payload = options.payload && { ...options.payload, override: 'application/octet-stream' }
    route({
      ...rest,
      options: { ...options, cors: false, ...(payload && { payload }) },
      handler(request, toolkit) {
        arriving = { type: request.headers['content-type'], bytes: request.payload ?? Buffer.alloc(0) }
        try {
          return handler(request, toolkit)
        } finally {
          arriving = undefined
        }
      },
    })
  }
}

function keepBodies(prototype: { create(): LambdaEvent }): void {
  const { create } = prototype
  prototype.create = function () {
    const event = create.call(this)
    if (!arriving) return event
    const { type, bytes } = arriving
    if (type === undefined) delete event.headers['content-type']
    else event.headers['content-type'] = type
    return isUtf8(bytes) ? event : { ...event, body: bytes.toString('base64'), isBase64Encoded: true }
  }
}
