import type { Metrics } from '../../artillery/generator-report.ts'
import type { RunRecord } from '../../artillery/run.ts'
import type { Sample } from '../../artillery/sampling/sampler.ts'
import { loadSettings } from '../../artillery/settings.ts'

const startedAt = Date.UTC(2026, 0, 1)
const product = 7
const percentiles = { p50: 50, p95: 90, p99: 120 }

const summary = (p95: number) => ({ count: 100, min: 1, max: 30, mean: 4, p50: 3, p95, p99: 2 * p95 })

/** What artillery counts when a hundred users a second order for `seconds`, all of them well. */
export function metrics({ from = 0, seconds = 10, p95 = 8 } = {}) {
  const users = 100 * seconds
  return {
    counters: {
      'vusers.created': users,
      'vusers.completed': users,
      'vusers.failed': 0,
      'http.codes.202': users,
    } as Record<string, number>,
    summaries: { 'http.response_time': summary(p95), 'vusers.session_length': summary(p95) },
    firstMetricAt: startedAt + from * 1000,
    lastMetricAt: startedAt + (from + seconds) * 1000,
  } satisfies Metrics
}

/** A quiet second of the run, `second` seconds after its begin. */
export function sample(second: number, members: Partial<Sample> = {}): Sample {
  return {
    at: startedAt + second * 1000,
    accepted: 100 * second,
    pending: 3,
    outbox: 0,
    queues: { 'stock-reduction': 1, 'order-settlement': 0 },
    programs: { shop: { cpuPercent: 50, memoryMb: 300 }, generator: { cpuPercent: 40, memoryMb: 200 } },
    generatorThreadPercent: 30,
    machinePercent: 50,
    ...members,
  }
}

/** A run of `seconds` at a hundred orders a second that reaches every target; the ramp is left out. */
export function runRecord({
  seconds = 10,
  ...members
}: { seconds?: number } & Partial<RunRecord> = {}): RunRecord {
  const orders = 100 * seconds
  const settings = loadSettings({ LOAD_RATE: '100', LOAD_SECONDS: String(seconds) })
  const range = Array.from({ length: seconds }, (_, second) => second)
  return {
    kind: 'load',
    settings: { ...settings, rampSeconds: 0 },
    baseline: { answeredMs: 1.5, settledMs: 50 },
    limits: { p95Ms: 15, p99Ms: 45, sessionP95Ms: 15, sessionP99Ms: 45, settledP99Ms: 250 },
    startedAt,
    loadEndedAt: startedAt + seconds * 1000,
    endedAt: startedAt + (seconds + 2) * 1000,
    productIds: [product],
    generator: {
      aggregate: metrics({ seconds }),
      intermediate: range.filter((second) => second % 10 === 0).map((from) => metrics({ from })),
    },
    keptThresholds: true,
    samples: range.map((second) => sample(second)),
    settlement: {
      ...{ accepted: orders, confirmed: orders, rejected: 0, pending: 0 },
      ...percentiles,
      perSecond: range.map((second) => ({
        second: startedAt / 1000 + second,
        accepted: 100,
        ...percentiles,
      })),
    },
    audit: {
      reconciliation: {
        orders: { accepted: orders, pending: 0, confirmed: orders, rejected: 0, cancelled: 0 },
        returning: 0,
        products: [
          {
            ...{ id: product, initial: 1_000_000, adjusted: 0, left: 1_000_000 - orders },
            ...{ taken: orders, gone: orders, sold: orders, returned: 0, reserved: 0 },
          },
        ],
        outbox: { products: 0, orders: 0 },
        violations: [],
      },
      ready: {},
      deadLetters: undefined,
    },
    cores: 2,
    machine: '2 cores of the test',
    backing: 'PostgreSQL',
    ...members,
  }
}
