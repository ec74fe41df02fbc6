import autocannon from 'autocannon'
import { percentile } from '../figures/statistics.ts'
import type { LoadOrder, LoadResult } from './load.ts'

/** A process of its own: reads what to do from its first argument and writes what came of it as JSON. */
const { url, connections, seconds, body } = JSON.parse(process.argv[2] as string) as LoadOrder

const latenciesMs: number[] = []
let refused = 0
let endAt = 0

const run = autocannon({
  url,
  connections,
  duration: seconds,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
})
const beginAt = performance.now()
run.on('response', (_client, statusCode, _bytes, responseTimeMs) => {
  endAt = performance.now()
  if (statusCode === 202) latenciesMs.push(responseTimeMs)
  else refused += 1
})
const { errors } = await run

const elapsedMs = endAt - beginAt
const { user, system } = process.cpuUsage()
const result: LoadResult = {
  accepted: latenciesMs.length,
  failed: refused + errors,
  perSecond: (latenciesMs.length / elapsedMs) * 1000,
  p50Ms: latenciesMs.length > 0 ? percentile(latenciesMs, 0.5) : 0,
  p99Ms: latenciesMs.length > 0 ? percentile(latenciesMs, 0.99) : 0,
  generatorLoad: (user + system) / 1000 / performance.now(),
}
process.stdout.write(JSON.stringify(result))
