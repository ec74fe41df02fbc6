import autocannon from 'autocannon'
import { percentile } from '../figures/statistics.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { sendSmoothly } from './smooth.ts'

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
  const run = autocannon({
    url,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  run.on('response', (_client, statusCode, _bytes, responseTimeMs) => note(statusCode, responseTimeMs))
  const { errors } = await run
  refused += errors
}

const beginAt = performance.now()
await (perSecond ? sendSmoothly({ url, connections, seconds, body, perSecond }, note) : sendAtOnce())

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
