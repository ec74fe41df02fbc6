import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { LoadOrder } from './load.ts'

const answerWithinMs = 10_000

/** Hears of each answer: its status, undefined for none, and the milliseconds since its request was due. */
export type Note = (statusCode: number | undefined, latencyMs: number) => void

/**
 * Sends requests at a constant rate, whether they are answered or not. autocannon's `overallRate` sends a second's
 * requests in bursts; here one is due after the other, and its latency counts from then, so that a shop that falls behind
 * can't hide what its clients wait. Resolves when all are answered.
 */
export async function sendSmoothly(
  { url, connections, seconds, body, perSecond }: LoadOrder & { perSecond: number },
  note: Note,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const send = (dueAt: number): Promise<void> =>
    new Promise((resolve) => {
      const settle = (statusCode?: number) => {
        note(statusCode, performance.now() - dueAt)
        resolve()
      }
      const sent = request(url, { agent, method: 'POST', headers, timeout: answerWithinMs }, (response) => {
        response.resume()
        response.once('end', () => settle(response.statusCode))
      })
      sent.once('timeout', () => sent.destroy(new Error('no answer')))
      sent.once('error', () => settle())
      sent.end(body)
    })

  const beginAt = performance.now()
  const underWay: Promise<void>[] = []
  const total = seconds * perSecond
  while (underWay.length < total) {
    const due = Math.min(total, ((performance.now() - beginAt) / 1000) * perSecond)
    while (underWay.length < due) underWay.push(send(beginAt + (underWay.length / perSecond) * 1000))
    await pause(1)
  }
  await Promise.all(underWay)
  agent.destroy()
}
