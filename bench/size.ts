import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { eventually } from '../tests/support/eventually.ts'
import { shopEnvironment } from '../tests/support/shop-environment.ts'
import { runSql } from '../tests/support/test-database.ts'
import { circumstances } from './figures/circumstances.ts'
import { writeFigures } from './figures/marked-region.ts'
import { sizeReport } from './figures/size-report.ts'
import { formatted } from './figures/table.ts'
import { withOwnServices } from './services/clean-end.ts'
import type { BenchServices, OwnEnvironment } from './services/own-services.ts'
import { commandOf, type SizeSettings, sizeSettings } from './settings.ts'
import { fill } from './size/fill.ts'
import { type Cell, measureRound, type SizedShop } from './size/measure.ts'
import { startProcess } from './targets/process.ts'

const migrateScript = fileURLToPath(new URL('../commands/migrate.ts', import.meta.url))
const autovacuumEndsWithinMs = 120_000

const print = (line: string) => process.stdout.write(`${line}\n`)

async function main(services: BenchServices): Promise<void> {
  const settings = sizeSettings(process.env)
  const environments: OwnEnvironment[] = []
  for (const orders of settings.sizes) environments.push(await makeTables(services, orders))
  const shops: SizedShop[] = []
  for (const [index, environment] of environments.entries()) {
    const { url } = await startProcess({ command: ['npm', 'start', '--silent'], environment })
    shops.push({ url, orders: settings.sizes[index] as number })
  }
  await quietness(services)

  const report = sizeReport(await measure(shops, settings))
  print(`\n${report}`)
  const { rounds, seconds, rate } = settings
  const head = await circumstances({
    command: commandOf('bench:size', process.env),
    how: `medians of ${rounds} rounds of ${seconds} s after one to warm up, ${rate} requests a second to three shops side by side`,
    urls: services.urls,
    packages: [],
  })
  writeFigures('size', `${head}\n\n${report}`)
  print('\nWritten into docs/performance.md.')
}

async function makeTables(services: BenchServices, orders: number): Promise<OwnEnvironment> {
  const begin = performance.now()
  const environment = await services.own(`orders_${orders}`)
  await promisify(execFile)(process.execPath, [migrateScript, 'latest'], {
    env: { ...process.env, ...shopEnvironment({ DATABASE_URL: environment.DATABASE_URL }) },
  })
  await fill(environment.DATABASE_URL, orders)
  print(`${formatted(orders)} orders made in ${formatted((performance.now() - begin) / 1000, 1)} s`)
  return environment
}

/** Waits until no autovacuum works on what was filled. */
async function quietness({ prefix, urls }: BenchServices): Promise<void> {
  await eventually(async () => {
    const working = await runSql(
      urls.database,
      `select pid from pg_stat_activity where backend_type = 'autovacuum worker' and starts_with(datname, $1)`,
      [prefix],
    )
    return working.length === 0
  }, autovacuumEndsWithinMs)
}

/** The first round warms up and doesn't count. */
async function measure(shops: readonly SizedShop[], { rounds, ...pace }: SizeSettings): Promise<Cell[]> {
  const cells: Cell[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const measured = await measureRound(shops, pace)
    print(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`)
    if (round > 0) cells.push(...measured)
  }
  return cells
}

loadEnvironment()
process.exitCode = await withOwnServices(main)
