import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { benchmark, print } from '../../bench/benchmark.ts'
import { type ColdStart, coldStartReport } from '../../bench/figures/cold-start-report.ts'
import { inRounds } from '../../bench/measure.ts'
import { DeployedShop } from './deployed-shop.ts'
import { packageFolder } from './runtime/lambda-environment.ts'
import { functionKeys } from './runtime/template.ts'
import { prepareSamples } from './sample-events.ts'

const rounds = 7

/** Starts every function from its zip, again and again, and writes what that takes into docs/performance.md. */
await benchmark(async (services) => {
  if (!existsSync('tests/artefacts/lambda-runtime/node_modules'))
    throw new Error('First: npm ci --prefix tests/artefacts/lambda-runtime')
  const environment = await services.own('cold_start')
  const shop = await DeployedShop.start({ environment, remove: async () => {} })
  try {
    return {
      command: 'npm run bench:cold-start',
      how: `medians of ${rounds} environments of each function, one after the other, after one to warm up`,
      packages: [],
      region: 'cold-start',
      report: coldStartReport(await measureAll(shop)),
    }
  } finally {
    await shop.stop()
  }
})

/** The first round warms the machine's file cache up. */
async function measureAll(shop: DeployedShop): Promise<ColdStart[]> {
  const events = await prepareSamples(shop)
  return inRounds(rounds, async (_, label) => {
    const starts: ColdStart[] = []
    for (const key of functionKeys(shop.template)) starts.push(await coldStart(shop, key, events[key]))
    print(label)
    return starts
  })
}

async function coldStart(shop: DeployedShop, key: string, event: unknown): Promise<ColdStart> {
  const environment = await shop.startFunction(key)
  try {
    const first = await environment.invoke(event)
    const next = await environment.invoke(event)
    if ('error' in first.outcome) throw new Error(`${key}: ${first.outcome.error.errorMessage}`)
    const zippedBytes = statSync(join(packageFolder, `${key}.zip`)).size
    const { initMs } = environment
    return { key, zippedBytes, initMs, firstMs: first.durationMs, nextMs: next.durationMs }
  } finally {
    environment.stop()
  }
}
