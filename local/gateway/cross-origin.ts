/** What serverless.yml says under `provider.httpApi.cors`. */
export interface Cors {
  /** `*` stands for every one. */
  allowedOrigins: string[]
  allowedMethods: string[]
  allowedHeaders: string[]
  exposedResponseHeaders: string[]
  /** Seconds. */
  maxAge: number
}

interface Answer {
  headers: Record<string, unknown>
}

/** A request as hapi has it; what it refuses by itself is a Boom. */
interface Request {
  method: string
  headers: Record<string, string | undefined>
  response: (Answer & { isBoom?: false }) | { output: Answer; isBoom: true }
}

interface Toolkit {
  continue: symbol
  response(): { code(status: number): { takeover(): object } }
}

/** A server of hapi, as far as it is used here. */
export interface BrowserGate {
  ext(event: 'onRequest' | 'onPreResponse', run: (request: Request, toolkit: Toolkit) => unknown): void
}

/**
 * Answers what browsers ask beforehand, and says on every answer which pages may read it, as API Gateway does.
 *
 * @param cors read at each answer
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function answerBrowsers(server: BrowserGate, cors: Cors): void {
  server.ext('onRequest', ({ method, headers }, toolkit) =>
    method === 'options' && headers.origin ? toolkit.response().code(204).takeover() : toolkit.continue,
  )
  // It runs after serverless-offline's own, which lets in everybody.
  server.ext('onPreResponse', ({ method, headers: { origin }, response }, toolkit) => {
    const { headers } = response.isBoom ? response.output : response
    for (const name of Object.keys(headers)) if (name.startsWith('access-control-')) delete headers[name]
    headers.vary = headers.vary ? `${headers.vary}, origin` : 'origin'
    Object.assign(headers, accessHeaders(cors, method, origin))
    return toolkit.continue
  })
}

function accessHeaders(cors: Cors, method: string, origin: string | undefined): Record<string, unknown> {
  const allowed = cors.allowedOrigins.find((candidate) => candidate === '*' || candidate === origin)
  if (!origin || !allowed) return {}
  if (method !== 'options') {
    return {
      'access-control-allow-origin': allowed,
      'access-control-expose-headers': cors.exposedResponseHeaders.join(','),
    }
  }
  return {
    'access-control-allow-origin': allowed,
    'access-control-allow-methods': cors.allowedMethods.join(','),
    'access-control-allow-headers': cors.allowedHeaders.join(','),
    'access-control-max-age': cors.maxAge,
  }
}
