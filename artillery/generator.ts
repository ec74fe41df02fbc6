import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Child } from '../bench/processes/child.ts'
import type { Files } from './files.ts'
import type { GeneratorReport } from './generator-report.ts'
import { arrivalsOf, type Limits, type LoadSettings } from './settings.ts'

const home = fileURLToPath(new URL('.', import.meta.url))
const artillery = `${home}node_modules/artillery/bin/run`

/** The load generator while it runs. */
export interface Generator {
  pid: number
  /** Resolves to its report and to whether its own thresholds were kept. */
  ended: Promise<{ report: GeneratorReport; keptThresholds: boolean }>
}

/** What artillery is told. */
type Order = LoadSettings & { target: string; limits: Limits }

/**
 * Starts artillery with the scenario of the settings.
 * @param variables what the scenario needs to know, such as the id of a product
 * @param files where its report and what it prints go
 */
export function startGenerator(
  order: Order,
  variables: Record<string, number>,
  { generatorReport, generatorLog: log }: Files,
): Generator {
  for (const file of [generatorReport, log]) rmSync(file, { force: true })
  const options = ['--variables', JSON.stringify(variables), '--output', generatorReport]
  const command = [process.execPath, artillery, 'run', `${home}${order.scenario}.yml`, ...options]
  const child = new Child(command, { cwd: home, env: environmentOf(order), log })
  return { pid: child.pid, ended: child.ended.then((code) => outcome(code === 0, generatorReport, log)) }
}

async function outcome(keptThresholds: boolean, file: string, log: string) {
  const report = await readFile(file, 'utf8').catch(() => undefined)
  if (!report) throw new Error(`Artillery ended without a report; ${log} says why.`)
  return { report: JSON.parse(report) as GeneratorReport, keptThresholds }
}

/** Artillery counts the ramp in, and rounds the rates of periods of different lengths: the exact check is ours. */
const rateTolerance = 0.9

function environmentOf(order: Order): NodeJS.ProcessEnv {
  const { target, rate, connections, rampSeconds, seconds, limits } = order
  const leastRate = (rateTolerance * arrivalsOf(order)) / (rampSeconds + seconds)
  return {
    ...process.env,
    WORKERS: '', // a variable of artillery's own, too
    ARTILLERY_DISABLE_TELEMETRY: 'true',
    LOAD_TARGET: target,
    LOAD_RATE: String(rate),
    LOAD_CONNECTIONS: String(connections),
    LOAD_RAMP_SECONDS: String(rampSeconds),
    LOAD_SECONDS: String(seconds),
    LOAD_LEAST_REQUEST_RATE: String(Math.floor(leastRate)),
    LOAD_P95_MS: String(limits.p95Ms),
    LOAD_P99_MS: String(limits.p99Ms),
    LOAD_SESSION_P95_MS: String(limits.sessionP95Ms),
    LOAD_SESSION_P99_MS: String(limits.sessionP99Ms),
  }
}
