import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Probe } from './operations.ts'

const agent = new Agent({ keepAlive: true })
const answerWithinMs = 10_000

/**
 * Sends one request and resolves to the milliseconds until the whole answer was there.
 * @throws Error when the answer is another one than expected
 */
export function latencyOf(url: string, { method, path, body, expected }: Probe): Promise<number> {
  const begin = performance.now()
  return new Promise((resolve, reject) => {
    const headers = body
      ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      : {}
    const sent = request(url + path, { agent, method, headers, timeout: answerWithinMs }, async (answer) => {
      const said = await text(answer).catch(reject)
      if (answer.statusCode === expected) resolve(performance.now() - begin)
      else reject(new Error(`${method} ${path} was answered with ${answer.statusCode}: ${said}`))
    })
    sent.once('timeout', () => sent.destroy(new Error(`${method} ${path} got no answer`)))
    sent.once('error', reject)
    sent.end(body)
  })
}
