import { benchmark, print } from './benchmark.ts'
import { type PeakRound, peakReport, roundLine, smoothReport } from './figures/peak-report.ts'
import { rotated } from './figures/statistics.ts'
import { inRounds, measure } from './measure.ts'
import { requirePackages } from './packages.ts'
import type { BenchServices } from './services/own-services.ts'
import { commandOf, peakSettings } from './settings.ts'
import { type Entrant, type Target, targetsNamed, yardstick } from './targets/all.ts'

type Runner = { target: Target; entrant: Entrant }

await benchmark(async (services) => {
  const settings = peakSettings(process.env)
  const chosen = targetsNamed(settings.only)
  requirePackages('bench', 'the load generator, and Fastify to compare with')

  const runners: Runner[] = []
  for (const target of chosen) {
    print(`Starts: ${target.name}`)
    runners.push({ target, entrant: await target.enter(services) })
  }
  const { rounds, seconds, connections, perSecond } = settings
  const peak = await measureAll(runners, services, { rounds, seconds, connections })
  print(`At ${perSecond} requests a second, smooth:`)
  const smooth = await measureAll(runners, services, { rounds, seconds, connections, perSecond })
  return {
    command: commandOf('bench', process.env),
    how: `medians of ${rounds} rounds of ${seconds} s after one to warm up, ${connections} connections`,
    packages: ['serverless-offline', 'fastify', 'autocannon'],
    region: settings.only.length > 0 ? undefined : 'bench',
    report: [
      peakReport(chosen, peak, yardstick),
      `The same at a constant ${perSecond} requests a second:`,
      smoothReport(chosen, smooth),
    ].join('\n\n'),
  }
})

/** Each round has every target once, and begins with another one each time. */
function measureAll(
  runners: readonly Runner[],
  services: BenchServices,
  { rounds, ...order }: { rounds: number; seconds: number; connections: number; perSecond?: number },
): Promise<PeakRound[]> {
  return inRounds(rounds, async (round, label) => {
    const results: PeakRound[] = []
    for (const { target, entrant } of rotated(runners, round)) {
      const result = { name: target.name, ...(await measure(entrant, services, order)) }
      print(`${label}  ${roundLine(result)}`)
      results.push(result)
    }
    return results
  })
}
