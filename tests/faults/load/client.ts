import { Agent } from 'node:http'
import { type SendError, send as sendOnce } from '../../../bench/load/send.ts'

/** What came back of a request. */
export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** The parsed JSON. */
  body: unknown
}

interface Content {
  body?: object
  headers?: Record<string, string>
  /** Called for each kept connection that the request has found closed. */
  onClosed?: () => void
}

/** Connections are kept, as by the clients of a shop under load. */
const agent = new Agent({ keepAlive: true, maxSockets: 400 })
const withinMs = 15_000

/**
 * Sends a request, again where a kept connection turns out to be closed, as HTTP clients do.
 * @throws an Error with a `code`, such as ECONNREFUSED, or ETIMEDOUT after 15 s
 */
export async function send(method: 'GET' | 'POST', url: string, content: Content = {}): Promise<Answer> {
  const { headers, onClosed } = content
  const body = content.body && JSON.stringify(content.body)
  for (;;) {
    try {
      const { text, ...answer } = await sendOnce(method, url, { agent, body, headers, withinMs })
      return { ...answer, body: parsed(text) }
    } catch (error) {
      if (!(error as SendError).wasClosed) throw error
      onClosed?.()
    }
  }
}

/** Closes the kept connections. */
export const closeConnections = (): void => agent.destroy()

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
