import { loadEnvironment } from '../local/settings/environment-file.ts'
import { circumstances } from './figures/circumstances.ts'
import { writeFigures } from './figures/marked-region.ts'
import { type PeakRound, peakReport, roundLine, smoothReport } from './figures/peak-report.ts'
import { rotated } from './figures/statistics.ts'
import { drive } from './load/load.ts'
import { settlementOf } from './load/settlement.ts'
import { installOwnPackages } from './own-packages.ts'
import { cpuClock } from './profile/cpu-clock.ts'
import { withOwnServices } from './services/clean-end.ts'
import type { BenchServices } from './services/own-services.ts'
import { commandOf, type PeakSettings, peakSettings } from './settings.ts'
import { targetsNamed, yardstick } from './targets/all.ts'
import { type Entrant, orderBody, type Target } from './targets/target.ts'

/** At the peak without a rate of its own. */
type Drive = Omit<PeakSettings, 'perSecond' | 'only'> & { perSecond: number | undefined }
type Runner = { target: Target; entrant: Entrant }

const print = (line: string) => process.stdout.write(`${line}\n`)

async function main(services: BenchServices): Promise<void> {
  const settings = peakSettings(process.env)
  const chosen = targetsNamed(settings.only)
  installOwnPackages(print)

  const runners: Runner[] = []
  for (const target of chosen) {
    print(`Starts: ${target.name}`)
    runners.push({ target, entrant: await target.enter(services) })
  }
  const { rounds: count, seconds, connections, perSecond } = settings
  const peak = await measure(runners, services, { ...settings, perSecond: undefined })
  print(`At ${perSecond} requests a second, smooth:`)
  const settling = runners.filter(({ entrant }) => entrant.books)
  const smooth = await measure(settling, services, settings)

  const report = [
    peakReport(chosen, peak, yardstick),
    `The same at a constant ${perSecond} requests a second:`,
    smoothReport(
      settling.map(({ target }) => target),
      smooth,
    ),
  ].join('\n\n')
  const how = `medians of ${count} rounds of ${seconds} s after one to warm up, ${connections} connections`
  print(`\n${report}`)
  if (settings.only.length > 0) return
  const head = await circumstances({
    command: commandOf('bench', process.env),
    how,
    urls: services.urls,
    packages: ['serverless-offline', 'fastify', 'autocannon'],
  })
  writeFigures('bench', `${head}\n\n${report}`)
  print('\nWritten into docs/performance.md.')
}

/** Each round has every target once, and begins with another one each time; the first warms up and doesn't count. */
async function measure(
  runners: readonly Runner[],
  services: BenchServices,
  settings: Drive,
): Promise<PeakRound[]> {
  const rounds: PeakRound[] = []
  for (let round = 0; round <= settings.rounds; round += 1) {
    for (const { target, entrant } of rotated(runners, round)) {
      const result = { name: target.name, ...(await measureOne(entrant, services, settings)) }
      if (result.accepted === 0) throw new Error(`${target.name} has accepted nothing at all.`)
      print(`${round === 0 ? 'warm-up' : `round ${round}`}  ${roundLine(result)}`)
      if (round > 0) rounds.push(result)
    }
  }
  return rounds
}

async function measureOne(
  { url, pids, books }: Entrant,
  { urls }: BenchServices,
  { connections, seconds, perSecond }: Drive,
): Promise<Omit<PeakRound, 'name'>> {
  const storedBefore = (await books?.stored()) ?? 0
  const clock = cpuClock(pids, urls)
  const beganAt = performance.now()
  const load = await drive({ url, connections, seconds, perSecond, body: orderBody })
  const { accepted } = load
  const settlement = books && (await settlementOf(books, { accepted, storedBefore, beganAt }))
  const cpuMs = [...clock().values()].reduce((sum, ms) => sum + ms, 0)
  const settledP99Ms = await books?.settledP99Ms(accepted)
  return { ...load, settlement, settledP99Ms, cpuUs: (cpuMs * 1000) / accepted }
}

loadEnvironment()
process.exitCode = await withOwnServices(main)
