import { Agent } from 'node:http'
import autocannon from 'autocannon'
import { percentile } from '../figures/statistics.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { keepPace } from './pace.ts'
import { send } from './send.ts'

/** A process of its own: reads what to do from its first argument and writes what came of it as JSON. */
const { url, connections, seconds, body, perSecond } = JSON.parse(process.argv[2] as string) as LoadOrder

const latenciesMs: number[] = []
let refused = 0
let endAt = 0

const note = (statusCode: number | undefined, latencyMs: number) => {
  endAt = performance.now()
  if (statusCode === 202) latenciesMs.push(latencyMs)
  else refused += 1
}

async function sendAtOnce(): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const run = autocannon({ url, connections, duration: seconds, method: 'POST', headers, body })
  run.on('response', (_client: unknown, status: number, _bytes: number, ms: number) => note(status, ms))
  const { errors } = await run
  refused += errors
}

/**
 * Sends at a constant rate, whether anything is answered or not. autocannon's `overallRate` sends a second's requests in
 * bursts; here one is due after the other, and its latency counts from then, so that a shop that falls behind can't hide
 * what its clients wait.
 */
async function sendSmoothly(perSecond: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const underWay: Promise<void>[] = []
  await keepPace({ perSecond, total: seconds * perSecond }, (dueAt) => {
    const status = send('POST', url, { agent, body }).then(
      ({ status }) => status,
      () => undefined,
    )
    underWay.push(status.then((status) => note(status, performance.now() - dueAt)))
  })
  await Promise.all(underWay)
  agent.destroy()
}

const beginAt = performance.now()
await (perSecond ? sendSmoothly(perSecond) : sendAtOnce())

const elapsedMs = endAt - beginAt
const { user, system } = process.cpuUsage()
const latency = (share: number) => (latenciesMs.length > 0 ? percentile(latenciesMs, share) : 0)
const result: LoadResult = {
  accepted: latenciesMs.length,
  failed: refused,
  perSecond: (latenciesMs.length / elapsedMs) * 1000,
  p50Ms: latency(0.5),
  p95Ms: latency(0.95),
  p99Ms: latency(0.99),
  generatorLoad: (user + system) / 1000 / performance.now(),
}
process.stdout.write(JSON.stringify(result))
