import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchmark, type Findings, print } from './benchmark.ts'
import { type Pair, pairsReport } from './figures/pairs-report.ts'
import { formatted } from './figures/table.ts'
import { inRounds, measure } from './measure.ts'
import { requirePackages } from './packages.ts'
import type { BenchServices } from './services/own-services.ts'
import { commandOf, type PairsSettings, pairsSettings } from './settings.ts'
import { type Entrant, enterShop } from './targets/all.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** Compares the shop at two commits of this repository: what has a change cost, or brought? */
await benchmark(async (services) => {
  const settings = pairsSettings(process.env, process.argv.slice(2))
  for (const revision of settings.revisions) commitOf(revision)
  requirePackages('bench', 'the load generator')
  const folder = await mkdtemp(join(tmpdir(), 'stockroom-pairs-'))
  try {
    return await compare(services, settings, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

async function compare(services: BenchServices, settings: PairsSettings, folder: string): Promise<Findings> {
  const { start, revisions, rounds, seconds, connections, perSecond } = settings
  const shops: Entrant[] = []
  for (const [index, revision] of revisions.entries()) {
    print(`Installs and starts: ${revision}`)
    const clone = install(revision, join(folder, String(index)))
    const environment = await services.own(`shop_${index}`)
    shops.push(await enterShop(environment, ['sh', '-c', `cd '${clone}' && ${start}`]))
  }
  const pairs = await measurePairs(shops, services, settings)
  return {
    command: `${commandOf('bench:pairs', process.env)} -- ${revisions.join(' ')}`,
    how: `${rounds} pairs of ${seconds} s each after one to warm up, ${perSecond ? `${perSecond} requests a second, smooth` : `${connections} connections`}`,
    packages: ['serverless-offline', 'autocannon'],
    report: pairsReport(revisions, pairs),
  }
}

/** Clones a commit, with packages of its own. */
function install(revision: string, folder: string): string {
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', repository, folder])
  execFileSync('git', ['checkout', '--quiet', '--detach', commitOf(revision)], { cwd: folder })
  execFileSync('npm', ['ci', '--silent'], { cwd: folder, stdio: 'inherit' })
  return folder
}

/** @throws Error in one line for what names no commit */
function commitOf(revision: string): string {
  const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`]
  try {
    return execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    throw new Error(`${revision} names no commit of this repository: git log --oneline lists them.`)
  }
}

/** Both shops in each round, the other one first each time. */
function measurePairs(
  [first, second]: Entrant[],
  services: BenchServices,
  { rounds, connections, seconds, perSecond }: PairsSettings,
): Promise<Pair[]> {
  const once = (shop: Entrant | undefined) =>
    measure(shop as Entrant, services, { connections, seconds, perSecond })
  return inRounds(rounds, async (round, label) => {
    const isTurned = round % 2 === 1
    const one = await once(isTurned ? second : first)
    const other = await once(isTurned ? first : second)
    const pair: Pair = isTurned ? [other, one] : [one, other]
    print(`${label}  ${pair.map(({ perSecond }) => formatted(perSecond)).join(' and ')} orders/s`)
    return [pair]
  })
}
