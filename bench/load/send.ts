import { type Agent, type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** What came back of a request. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

interface Content {
  agent: Agent
  /** JSON. */
  body?: string | undefined
  headers?: Record<string, string>
  withinMs?: number
}

/** Why no answer came. */
export interface SendError extends NodeJS.ErrnoException {
  /** Whether a kept connection was found closed. */
  wasClosed: boolean
}

/**
 * Sends one request, once.
 * @throws SendError when no answer comes, such as ETIMEDOUT
 */
export function send(
  method: string,
  url: string,
  { agent, body, headers = {}, withinMs = 10_000 }: Content,
): Promise<Answer> {
  const json = body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const options = { agent, method, headers: { ...headers, ...json }, timeout: withinMs }
    const sent = request(url, options, (response) => {
      const { statusCode: status = 0, headers } = response
      text(response).then((text) => resolve({ status, headers, text }), reject)
    })
    sent.once('timeout', () => sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    sent.once('error', (error: NodeJS.ErrnoException) =>
      reject(Object.assign(error, { wasClosed: sent.reusedSocket && error.code === 'ECONNRESET' })),
    )
    sent.end(body)
  })
}
