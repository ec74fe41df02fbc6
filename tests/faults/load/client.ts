import { Agent, request } from 'node:http'

/** What came back of a request. */
export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** The parsed JSON. */
  body: unknown
}

/** Connections are kept, as by the clients of a shop under load. */
const agent = new Agent({ keepAlive: true, maxSockets: 400 })
const patienceMs = 15_000

interface Content {
  body?: object
  headers?: Record<string, string>
  /** Called for each kept connection that the request has found closed. */
  onClosed?: () => void
}

/**
 * Sends a request with a JSON body, if any. One that finds its kept connection closed is sent again on a new one, as
 * every client with kept connections has to: https://nodejs.org/api/http.html#requestreusedsocket
 * @throws Error with a `code` when no answer comes, such as ECONNREFUSED, ECONNRESET or ETIMEDOUT after 15 s
 */
export async function send(method: 'GET' | 'POST', url: string, content: Content = {}): Promise<Answer> {
  for (;;) {
    try {
      return await sendOnce(method, url, content)
    } catch (error) {
      if (!(error instanceof ClosedConnection)) throw error
      content.onClosed?.()
    }
  }
}

class ClosedConnection extends Error {}

function sendOnce(method: 'GET' | 'POST', url: string, { body, headers = {} }: Content): Promise<Answer> {
  const content = body && JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const message = request(url, {
      method,
      agent,
      headers: {
        ...headers,
        ...(content && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
      },
      timeout: patienceMs,
    })
    message.on('timeout', () => message.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    message.on('error', (error: NodeJS.ErrnoException) =>
      reject(message.reusedSocket && error.code === 'ECONNRESET' ? new ClosedConnection() : error),
    )
    message.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parse(text) })
      })
    })
    message.end(content)
  })
}

/** Closes the kept connections. */
export const closeConnections = (): void => agent.destroy()

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
