import type middy from '@middy/core'
import httpJsonBodyParser from '@middy/http-json-body-parser'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { TSchema } from 'typebox'
import { Problem } from './problem.ts'
import { validator } from './validator.ts'

const maxBytes = 256 * 1024

/**
 * Parses and validates the body, in the order: too large 413, none 400, packed or not `application/json` 415, no UTF-8
 * or malformed 400, not as `schema` wants it 400. The handler finds the parsed body in `event.body`.
 */
export function jsonBody(schema: TSchema): middy.MiddlewareObj<APIGatewayProxyEventV2> {
  const validate = validator(schema)
  return {
    before: function parseJsonBody(request) {
      const { event } = request
      refuseOversize(event)
      refuseEmpty(event)
      refuseEncodings(event)
      refuseOtherMediaTypes(event)
      decode(event)
      parse(request)
      const errors = validate(event.body)
      if (errors)
        throw new Problem('validation-failed', 'The body is not valid; `errors` says where.', { errors })
    },
  }
}

function refuseOversize({ body, isBase64Encoded }: APIGatewayProxyEventV2): void {
  if (typeof body !== 'string') return
  const bytes = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8')
  if (bytes > maxBytes) throw new Problem('body-too-large', `A body has at most ${maxBytes} bytes.`)
}

function refuseEmpty({ body }: APIGatewayProxyEventV2): void {
  if (body === undefined || body === null || body === '') {
    throw new Problem('body-missing', 'Send a JSON object as the body.')
  }
}

function refuseEncodings({ headers }: APIGatewayProxyEventV2): void {
  const encoding = headers['content-encoding'] || 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported-media-type', 'Send the body as it is, without a content-encoding.')
  }
}

function refuseOtherMediaTypes({ headers }: APIGatewayProxyEventV2): void {
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') {
    throw new Problem('unsupported-media-type', 'Send the body as content-type application/json.')
  }
}

/** One that isn't fatal would put U+FFFD in the place of what is no UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The gateway hands over in base64 what it doesn't take for text. */
function decode(event: APIGatewayProxyEventV2): void {
  if (!event.isBase64Encoded || typeof event.body !== 'string') return
  try {
    event.body = utf8.decode(Buffer.from(event.body, 'base64'))
  } catch (cause) {
    throw new Problem('malformed-json', 'The body is not UTF-8.', { cause })
  }
  event.isBase64Encoded = false
}

const middyParser = httpJsonBodyParser({ disableContentTypeCheck: true })

/** serverless-offline as installed hands `false` and `0` over as values; those are parsed already. */
function parse(request: middy.Request<APIGatewayProxyEventV2>): void {
  const { body } = request.event
  if (typeof body !== 'string') return
  try {
    middyParser.before?.(request as never)
  } catch {
    // Middy also refuses `__proto__`, without saying where it stands. Validation names it, as any unknown member.
    request.event.body = parseAnything(body)
  }
}

function parseAnything(text: string): never {
  try {
    return JSON.parse(text) as never
  } catch (cause) {
    throw new Problem('malformed-json', 'The body is not well-formed JSON.', { cause })
  }
}
