import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { benchmark, print } from './benchmark.ts'
import { sizeReport } from './figures/size-report.ts'
import { formatted } from './figures/table.ts'
import { inRounds } from './measure.ts'
import { eventually } from './processes/eventually.ts'
import { startServer } from './processes/server.ts'
import { processEnvironment } from './processes/shop-environment.ts'
import { runSql } from './services/databases.ts'
import type { BenchServices, OwnEnvironment } from './services/own-services.ts'
import { commandOf, sizeSettings } from './settings.ts'
import { fill } from './size/fill.ts'
import { measureRound, type SizedShop } from './size/measure.ts'

const migrateScript = fileURLToPath(new URL('../commands/migrate.ts', import.meta.url))
const autovacuumEndsWithinMs = 120_000

await benchmark(async (services) => {
  const { sizes, rounds, ...pace } = sizeSettings(process.env)
  const environments: OwnEnvironment[] = []
  for (const orders of sizes) environments.push(await makeTables(services, orders))
  const shops: SizedShop[] = []
  for (const [index, environment] of environments.entries()) {
    const { url } = await startServer(['npm', 'start', '--silent'], environment)
    shops.push({ url, orders: sizes[index] as number })
  }
  await untilQuiet(services)
  const cells = await inRounds(rounds, async (_, label) => {
    const cells = await measureRound(shops, pace)
    print(label)
    return cells
  })
  return {
    command: commandOf('bench:size', process.env),
    how: `medians of ${rounds} rounds of ${pace.seconds} s after one to warm up, ${pace.perSecond} requests a second to three shops side by side`,
    packages: [],
    region: 'size',
    report: sizeReport(cells),
  }
})

async function makeTables(services: BenchServices, orders: number): Promise<OwnEnvironment> {
  const begin = performance.now()
  const environment = await services.own(`orders_${orders}`)
  const { DATABASE_URL } = environment
  await promisify(execFile)(process.execPath, [migrateScript, 'latest'], {
    env: processEnvironment({ DATABASE_URL }),
  })
  await fill(DATABASE_URL, orders)
  print(`${formatted(orders)} orders made in ${formatted((performance.now() - begin) / 1000, 1)} s`)
  return environment
}

/** Waits until no autovacuum works on what was filled. */
async function untilQuiet({ prefix, urls }: BenchServices): Promise<void> {
  await eventually(async () => {
    const working = await runSql(
      urls.database,
      `select pid from pg_stat_activity where backend_type = 'autovacuum worker' and starts_with(datname, $1)`,
      [prefix],
    )
    return working.length === 0
  }, autovacuumEndsWithinMs)
}
