import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { ShopProcess } from '../tests/support/shop-process.ts'
import { circumstances } from './figures/circumstances.ts'
import { writeFigures } from './figures/marked-region.ts'
import { type ProfiledRun, profileReport } from './figures/profile-report.ts'
import { drive } from './load/load.ts'
import { installOwnPackages } from './own-packages.ts'
import { cpuClock } from './profile/cpu-clock.ts'
import { type CpuProfile, timeByPart } from './profile/cpu-profile.ts'
import { withOwnServices } from './services/clean-end.ts'
import type { BenchServices, OwnEnvironment } from './services/own-services.ts'
import { commandOf, type ProfileSettings, profileSettings } from './settings.ts'
import { addProduct } from './targets/shop.ts'
import { orderBody } from './targets/target.ts'

/** What the shop does in each run, and the words that `npm start` is told behind it. */
const kinds = [
  { name: 'accepting alone', words: ['--', '--no-rabbitmq'] },
  { name: 'accepting and settling', words: [] },
]

const warmUpSeconds = 3
/** The last orders of the warm-up are settled by then, and those of the measurement too. */
const settlingMs = 2000

const print = (line: string) => process.stdout.write(`${line}\n`)
const nowUs = () => Number(process.hrtime.bigint() / 1000n)

async function main(services: BenchServices): Promise<void> {
  const settings = profileSettings(process.env)
  installOwnPackages(print)

  const runs: ProfiledRun[] = []
  for (const [index, { name, words }] of kinds.entries()) {
    print(`Measures: ${name}`)
    const environment = await services.own(`profile_${index}`)
    runs.push({ name, ...(await profiled(words, environment, services, settings)) })
  }

  const report = profileReport(runs)
  print(`\n${report}`)
  const head = await circumstances({
    command: commandOf('bench:profile', process.env),
    how: `one run of ${settings.seconds} s each, ${settings.connections} connections, V8's CPU profiler in the shop`,
    urls: services.urls,
    packages: ['serverless-offline', 'autocannon'],
  })
  writeFigures('profile', `${head}\n\n${report}`)
  print('\nWritten into docs/performance.md.')
}

async function profiled(
  words: readonly string[],
  environment: OwnEnvironment,
  { urls }: BenchServices,
  { connections, seconds }: ProfileSettings,
): Promise<Omit<ProfiledRun, 'name'>> {
  const folder = await mkdtemp(join(tmpdir(), 'stockroom-profile-'))
  try {
    const options = `NODE_OPTIONS=--cpu-prof --cpu-prof-dir=${folder}`
    const shop = await ShopProcess.start({
      command: ['env', options, 'npm', 'start', '--silent', ...words],
      environment: { HTTP_HOST: '127.0.0.1', ...environment },
    })
    await addProduct(environment)
    const url = `${shop.url.replace('localhost', '127.0.0.1')}/orders`
    const load = { url, connections, body: orderBody }
    await drive({ ...load, seconds: warmUpSeconds })
    await pause(settlingMs)

    const clock = cpuClock([shop.pid], urls)
    const beganUs = nowUs()
    const { accepted: orders } = await drive({ ...load, seconds })
    const endedUs = nowUs()
    await pause(settlingMs)
    const cpuMs = clock()
    await shop.stop()

    return { orders, seconds, cpuMs, parts: timeByPart(await shopProfile(folder), beganUs, endedUs) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** npm writes a profile too, a much smaller one. */
async function shopProfile(folder: string): Promise<CpuProfile> {
  const profiles = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  )
  const largest = profiles.sort((one, other) => other.length - one.length)[0]
  if (!largest) throw new Error('The shop has written no CPU profile.')
  return JSON.parse(largest)
}

loadEnvironment()
process.exitCode = await withOwnServices(main)
