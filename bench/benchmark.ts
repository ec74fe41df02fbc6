import { loadEnvironment } from '../local/settings/environment-file.ts'
import { circumstances, type Measurement } from './figures/circumstances.ts'
import { type Region, writeFigures } from './figures/marked-region.ts'
import { killChildren } from './processes/child.ts'
import { type BenchServices, findBenchServices } from './services/own-services.ts'

/** What a benchmark has found. */
export interface Findings extends Omit<Measurement, 'urls'> {
  report: string
  /** Where they are written to in docs/performance.md; nowhere without it. */
  region?: Region | undefined
}

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/**
 * Does `work` on services of the benchmark's own, and prints what it found. Afterwards, also when it fails or is
 * interrupted, every process that was started is ended, and removed what was made. An error is told in one line.
 */
export async function benchmark(work: (services: BenchServices) => Promise<Findings>): Promise<void> {
  let services: BenchServices | undefined
  const end = async () => {
    await killChildren()
    await services?.remove()
  }
  // npm passes Ctrl-C on to a process that has it already.
  let interrupted: Promise<void> | undefined
  const interrupt = () => {
    interrupted ??= end().finally(() => process.exit(130))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    loadEnvironment()
    services = await findBenchServices()
    await conclude(await work(services), services)
  } catch (error) {
    if (!interrupted) process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  } finally {
    await (interrupted ?? end())
  }
}

async function conclude({ report, region, ...measurement }: Findings, { urls }: BenchServices) {
  const figures = `${await circumstances({ ...measurement, urls })}\n\n${report}`
  print(`\n${figures}`)
  if (!region) return
  writeFigures(region, figures)
  print('\nWritten into docs/performance.md.')
}
