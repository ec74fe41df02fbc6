import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What the load generator shall do. */
export interface LoadOrder {
  url: string
  connections: number
  seconds: number
  body: string
  /** Requests a second, one due after the other at even distances; without it each connection sends as fast as it is answered. */
  perSecond?: number
}

/** What came of it. */
export interface LoadResult {
  /** Answers of 202. */
  accepted: number
  /** Other answers, lost connections and what took longer than ten seconds. */
  failed: number
  /** Accepted a second. */
  perSecond: number
  /** From when a request was due where there is a rate, else from when it was sent. */
  p50Ms: number
  p95Ms: number
  p99Ms: number
  /** The share of one core that the generator itself has used. */
  generatorLoad: number
}

const generator = fileURLToPath(new URL('generate.ts', import.meta.url))

/** Sends requests from a process of its own. */
export async function drive(order: LoadOrder): Promise<LoadResult> {
  const limitMs = (order.seconds + 30) * 1000
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(order)], {
    timeout: limitMs,
  })
  return JSON.parse(stdout)
}
