import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { circumstances } from './figures/circumstances.ts'
import { type Pair, type PairedRun, pairsReport } from './figures/pairs-report.ts'
import { formatted } from './figures/table.ts'
import { drive } from './load/load.ts'
import { settlementOf } from './load/settlement.ts'
import { installOwnPackages } from './own-packages.ts'
import { cpuClock } from './profile/cpu-clock.ts'
import { withOwnServices } from './services/clean-end.ts'
import type { BenchServices, OwnEnvironment } from './services/own-services.ts'
import { commandOf, type PairsSettings, pairsSettings } from './settings.ts'
import { shopBooks } from './targets/books.ts'
import { startProcess } from './targets/process.ts'
import { addProduct } from './targets/shop.ts'
import { type Entrant, orderBody } from './targets/target.ts'

type Shop = Entrant & Required<Pick<Entrant, 'books'>>

const repository = fileURLToPath(new URL('..', import.meta.url))
const print = (line: string) => process.stdout.write(`${line}\n`)

/** Compares the shop at two commits of this repository: what has a change cost, or brought? */
async function main(services: BenchServices): Promise<void> {
  const settings = pairsSettings(process.env, process.argv.slice(2))
  for (const revision of settings.revisions) commitOf(revision)
  installOwnPackages(print)
  const folder = await mkdtemp(join(tmpdir(), 'stockroom-pairs-'))
  try {
    const { start, revisions } = settings
    const [first, second] = revisions
    const shops: [Shop, Shop] = [
      await enter(first, join(folder, 'first'), start, await services.own('first')),
      await enter(second, join(folder, 'second'), start, await services.own('second')),
    ]
    const pairs = await measure(shops, services, settings)

    const { rounds, seconds, connections, perSecond } = settings
    const head = await circumstances({
      command: `${commandOf('bench:pairs', process.env)} -- ${first} ${second}`,
      how: `${rounds} pairs of ${seconds} s each after one to warm up, ${perSecond ? `${perSecond} requests a second, smooth` : `${connections} connections`}`,
      urls: services.urls,
      packages: ['serverless-offline', 'autocannon'],
    })
    print(`\n${head}\n\n${pairsReport([first, second], pairs)}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Starts the shop of a commit, from a clone and with packages of its own. */
async function enter(
  revision: string,
  folder: string,
  start: string,
  environment: OwnEnvironment,
): Promise<Shop> {
  print(`Installs and starts: ${revision}`)
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', repository, folder])
  execFileSync('git', ['checkout', '--quiet', '--detach', commitOf(revision)], { cwd: folder })
  execFileSync('npm', ['ci', '--silent'], { cwd: folder, stdio: 'inherit' })
  const { url, pid } = await startProcess({
    command: ['sh', '-c', `cd '${folder}' && ${start}`],
    environment,
  })
  await addProduct(environment)
  return { url: `${url}/orders`, pids: [pid], books: await shopBooks(environment) }
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

/** Both shops in each round, the other one first each time; the first round warms up and doesn't count. */
async function measure(
  shops: [Shop, Shop],
  services: BenchServices,
  settings: PairsSettings,
): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = 0; round <= settings.rounds; round += 1) {
    const isTurned = round % 2 === 1
    const one = await measureOne(shops[isTurned ? 1 : 0], services, settings)
    const other = await measureOne(shops[isTurned ? 0 : 1], services, settings)
    const pair: Pair = isTurned ? [other, one] : [one, other]
    const rates = pair.map(({ perSecond }) => formatted(perSecond)).join(' and ')
    print(`${round === 0 ? 'warm-up' : `pair ${round}`}  ${rates} orders/s`)
    if (round > 0) pairs.push(pair)
  }
  return pairs
}

async function measureOne(
  { url, pids, books }: Shop,
  { urls }: BenchServices,
  { connections, seconds, perSecond }: PairsSettings,
): Promise<PairedRun> {
  const storedBefore = await books.stored()
  const clock = cpuClock(pids, urls)
  const load = await drive({ url, connections, seconds, perSecond, body: orderBody })
  if (load.accepted === 0) throw new Error(`${url} has accepted nothing at all.`)
  await settlementOf(books, { accepted: load.accepted, storedBefore, beganAt: performance.now() })
  const cpuMs = clock()
  return { ...load, cpuMs, settledP99Ms: await books.settledP99Ms(load.accepted) }
}

loadEnvironment()
process.exitCode = await withOwnServices(main)
