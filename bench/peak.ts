import { loadEnvironment } from '../local/environment-file.ts'
import { contendersNamed, yardstick } from './contenders/all.ts'
import { type Contender, type Entrant, orderBody } from './contenders/contender.ts'
import { circumstances } from './figures/circumstances.ts'
import { writeFigures } from './figures/marked-region.ts'
import { type PeakRound, peakReport, roundLine } from './figures/peak-report.ts'
import { rotated } from './figures/statistics.ts'
import { drive } from './load/load.ts'
import { settlementOf } from './load/settlement.ts'
import { installOwnPackages } from './own-packages.ts'
import { withOwnServices } from './services/clean-end.ts'
import type { BenchServices } from './services/own-services.ts'
import { commandOf, type PeakSettings, peakSettings } from './settings.ts'

type Runner = { contender: Contender; entrant: Entrant }

const print = (line: string) => process.stdout.write(`${line}\n`)

async function main(services: BenchServices): Promise<void> {
  const settings = peakSettings(process.env)
  const chosen = contendersNamed(settings.only)
  const present = chosen.filter(({ absence }) => !absence)
  for (const { name, absence } of chosen) if (absence) print(`Not measured: ${name}, because ${absence}.`)
  installOwnPackages(print)

  const runners: Runner[] = []
  for (const contender of present) {
    print(`Starts: ${contender.name}`)
    runners.push({ contender, entrant: await contender.enter(services) })
  }
  const rounds = await measure(runners, settings)

  const report = peakReport(present, rounds, yardstick)
  const { rounds: count, seconds, connections } = settings
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

/** Each round has every contender once, and begins with another one each time; the first warms up and doesn't count. */
async function measure(runners: readonly Runner[], settings: PeakSettings): Promise<PeakRound[]> {
  const rounds: PeakRound[] = []
  for (let round = 0; round <= settings.rounds; round += 1) {
    for (const { contender, entrant } of rotated(runners, round)) {
      const result = { name: contender.name, ...(await measureOne(entrant, settings)) }
      if (result.accepted === 0) throw new Error(`${contender.name} has accepted nothing at all.`)
      print(`${round === 0 ? 'warm-up' : `round ${round}`}  ${roundLine(result)}`)
      if (round > 0) rounds.push(result)
    }
  }
  return rounds
}

async function measureOne({ url, books }: Entrant, { connections, seconds }: PeakSettings) {
  const storedBefore = (await books?.stored()) ?? 0
  const load = await drive({ url, connections, seconds, body: orderBody })
  return { ...load, settlement: books && (await settlementOf(books, load.accepted, storedBefore)) }
}

loadEnvironment()
process.exitCode = await withOwnServices(main)
