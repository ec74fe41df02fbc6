import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Files } from './files.ts'
import type { GeneratorReport } from './generator-report.ts'
import { arrivalsOf, type Limits, type LoadSettings } from './settings.ts'

const home = fileURLToPath(new URL('.', import.meta.url))
const artillery = `${home}node_modules/artillery/bin/run`

/** The load generator while it runs. */
export interface Generator {
  process: ChildProcess
  /** Resolves to its report and to whether its own thresholds were kept. */
  ended: Promise<{ report: GeneratorReport; keptThresholds: boolean }>
}

/**
 * Installs artillery when it isn't there, and says so.
 * @throws Error in one line when that fails
 */
export function requireGenerator(say: (line: string) => void): void {
  if (existsSync(artillery)) return
  say('Artillery is not installed yet: npm ci in artillery/, about 300 packages.')
  const { status } = spawnSync('npm', ['ci', '--silent'], { cwd: home, stdio: 'inherit' })
  if (status !== 0 || !existsSync(artillery))
    throw new Error('Artillery could not be installed: run npm ci in artillery/ to see why.')
}

/** What artillery is told. */
type Order = LoadSettings & { target: string; limits: Limits }

/**
 * Starts artillery with the scenario of the settings.
 * @param variables what the scenario needs to know, such as the id of a product
 * @param files where its report and what it prints go
 */
export function startGenerator(
  settings: Order,
  variables: Record<string, number>,
  files: Pick<Files, 'generatorReport' | 'generatorLog'>,
): Generator {
  const scenario = `${home}${settings.scenario}.yml`
  const args = [
    artillery,
    'run',
    scenario,
    '--variables',
    JSON.stringify(variables),
    '--output',
    files.generatorReport,
  ]
  const log = openSync(files.generatorLog, 'w')
  const child = spawn(process.execPath, args, {
    cwd: home,
    env: environmentOf(settings),
    stdio: ['ignore', log, log],
  })
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('exit', resolve)
  })
  return { process: child, ended: exit.then((code) => outcome(code, files)) }
}

async function outcome(code: number | null, files: Pick<Files, 'generatorReport' | 'generatorLog'>) {
  const report = await readFile(files.generatorReport, 'utf8').catch(() => undefined)
  if (!report) throw new Error(`Artillery ended without a report; ${files.generatorLog} says why.`)
  return { report: JSON.parse(report) as GeneratorReport, keptThresholds: code === 0 }
}

/** Artillery counts the ramp in, and rounds the rates of periods of different lengths: the exact check is ours. */
const rateTolerance = 0.9

function environmentOf(settings: Order): NodeJS.ProcessEnv {
  const { rate, connections, rampSeconds, seconds, limits } = settings
  const leastRate = (rateTolerance * arrivalsOf(settings)) / (rampSeconds + seconds)
  return {
    ...process.env,
    WORKERS: '', // a variable of artillery's own, too
    ARTILLERY_DISABLE_TELEMETRY: 'true',
    LOAD_TARGET: settings.target,
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
