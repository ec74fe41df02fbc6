import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { DeployedShop } from '../tests/artefacts/deployed-shop.ts'
import { packageFolder } from '../tests/artefacts/runtime/lambda-environment.ts'
import { functionKeys } from '../tests/artefacts/runtime/template.ts'
import { prepareSamples } from '../tests/artefacts/sample-events.ts'
import { circumstances } from './figures/circumstances.ts'
import { type ColdStart, coldStartReport } from './figures/cold-start-report.ts'
import { writeFigures } from './figures/marked-region.ts'
import { withOwnServices } from './services/clean-end.ts'
import type { BenchServices } from './services/own-services.ts'

/** The first round warms the machine's file cache up and doesn't count. */
const rounds = 7

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Starts every function from its zip, again and again, and writes what that takes into docs/performance.md. */
async function main(services: BenchServices): Promise<void> {
  if (!existsSync('tests/artefacts/lambda-runtime/node_modules'))
    throw new Error('First: npm ci --prefix tests/artefacts/lambda-runtime')
  const shop = await DeployedShop.start({
    environment: await services.own('cold_start'),
    remove: async () => {},
  })
  try {
    const report = coldStartReport(await measure(shop), zippedBytes(functionKeys(shop.template)))
    print(`\n${report}`)
    const head = await circumstances({
      command: 'npm run bench:cold-start',
      how: `medians of ${rounds} environments of each function, one after the other, after one to warm up`,
      urls: services.urls,
      packages: [],
    })
    writeFigures('cold-start', `${head}\n\n${report}`)
    print('\nWritten into docs/performance.md.')
  } finally {
    await shop.stop()
  }
}

async function measure(shop: DeployedShop): Promise<ColdStart[]> {
  const events = await prepareSamples(shop)
  const starts: ColdStart[] = []
  for (let round = 0; round <= rounds; round += 1) {
    for (const key of functionKeys(shop.template)) {
      const start = await coldStart(shop, key, events[key])
      if (round > 0) starts.push(start)
    }
    print(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`)
  }
  return starts
}

async function coldStart(shop: DeployedShop, key: string, event: unknown): Promise<ColdStart> {
  const environment = await shop.startFunction(key)
  try {
    const first = await environment.invoke(event)
    const next = await environment.invoke(event)
    if ('error' in first.outcome) throw new Error(`${key}: ${first.outcome.error.errorMessage}`)
    return { key, initMs: environment.initMs, firstMs: first.durationMs, nextMs: next.durationMs }
  } finally {
    environment.stop()
  }
}

const zippedBytes = (keys: string[]) =>
  Object.fromEntries(keys.map((key) => [key, statSync(join(packageFolder, `${key}.zip`)).size]))

loadEnvironment()
process.exitCode = await withOwnServices(main)
