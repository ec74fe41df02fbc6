import { mean, sum } from '../../bench/figures/statistics.ts'
import type { RunRecord } from '../run.ts'
import type { Sample } from '../sampling/sampler.ts'

const saturatedPercent = 90
const contendedPercent = 40

/** What makes the figures of a run doubtful, each in one line. */
export function warningsOf(run: RunRecord): string[] {
  const held = heldSamples(run)
  const thread = mean(held.map(({ generatorThreadPercent }) => generatorThreadPercent))
  const elsewhere = mean(held.map((sample) => elsewherePercent(run.cores, sample)))
  return [
    ...(thread >= saturatedPercent
      ? [
          `The load generator was saturated: its busiest thread used ${Math.round(thread)} % of a core. It sends no faster, and measures late.`,
        ]
      : []),
    ...(seesTheShop(held) && elsewhere >= contendedPercent
      ? [
          `Other programs on this machine used ${Math.round(elsewhere)} % of a core: the figures are theirs, too.`,
        ]
      : []),
  ]
}

/** What the rest of the machine used, our sampler included, as a percentage of one core. */
export function elsewherePercent(cores: number, { programs, machinePercent }: Sample): number {
  const known = sum(Object.values(programs).map(({ cpuPercent }) => cpuPercent))
  return Math.max(0, machinePercent * cores - known)
}

function heldSamples({ samples, startedAt, settings, loadEndedAt }: RunRecord): Sample[] {
  const heldFrom = startedAt + settings.rampSeconds * 1000
  return samples.filter(({ at }) => at >= heldFrom && at <= loadEndedAt)
}

/** What can't be told from the rest of the machine isn't the rest of the machine. */
const seesTheShop = (samples: Sample[]): boolean => samples.some(({ programs }) => programs.shop)
