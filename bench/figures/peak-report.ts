import type { Measured } from '../measure.ts'
import { sum } from './statistics.ts'
import { type Figure, figureTable, formatted, middle } from './table.ts'

/** One target in one round. */
export interface PeakRound extends Measured {
  name: string
}

interface Described {
  name: string
  /** What it is, in the words of the page that shows the figures. */
  description: string
}

/** A generator that needs a whole core is what limits the figures. */
const saturatedLoad = 0.9

const settledPerSecond = middle(({ settlement }: PeakRound) => settlement.settledPerSecond)
const cpuPerOrder: Figure<PeakRound> = ['CPU µs per order', middle(cpuUs)]
const latency = (name: 'p50' | 'p95' | 'p99'): Figure<PeakRound> => [
  `${name} ms`,
  middle((round) => round[`${name}Ms`]),
  1,
]

/**
 * The table of medians at the peak, what its rows are, and a warning where the load generator was the limit.
 *
 * @param yardstick the name of the target that the others are divided by
 */
export function peakReport(
  targets: readonly Described[],
  rounds: readonly PeakRound[],
  yardstick: string,
): string {
  const groups = groupsOf(targets, rounds)
  const reference = groups.get(yardstick)
  const rates = (own: readonly PeakRound[]) => own.map(({ perSecond }) => perSecond)
  const figures: Figure<PeakRound>[] = [
    ['accepted/s', middle(({ perSecond }) => perSecond)],
    [
      'lowest–highest',
      (own) => [Math.min(...rates(own)), Math.max(...rates(own))].map((rate) => formatted(rate)).join('–'),
    ],
    ['settled/s', settledPerSecond],
    [
      `settled ÷ ${yardstick}`,
      (own) => (reference ? settledPerSecond(own) / settledPerSecond(reference) : '–'),
      2,
    ],
    latency('p50'),
    latency('p99'),
    ['errors', (own) => sum(own.map(({ failed }) => failed))],
    cpuPerOrder,
    ['drained after s', middle(({ settlement }) => settlement.drainedAfterSeconds), 1],
  ]
  const descriptions = targets.map(({ name, description }) => `- **${name}**: ${description}.`)
  return [figureTable('target', groups, figures), descriptions.join('\n'), ...saturation(rounds)].join('\n\n')
}

const smoothFigures: Figure<PeakRound>[] = [
  ['accepted/s', middle(({ perSecond }) => perSecond)],
  latency('p50'),
  latency('p95'),
  latency('p99'),
  ['errors', middle(({ failed }) => failed)],
  ['settled/s', settledPerSecond],
  ['settled p99 ms', middle(({ settledP99Ms }) => settledP99Ms)],
  cpuPerOrder,
]

/** The table of medians at a constant rate; latencies count from when a request was due. */
export const smoothReport = (targets: readonly Described[], rounds: readonly PeakRound[]): string =>
  figureTable('target', groupsOf(targets, rounds), smoothFigures)

/** Microseconds of CPU for each accepted order, of all programs but the load generator, until the last was settled. */
function cpuUs({ cpuMs, accepted }: Measured): number {
  return (sum(cpuMs.values()) * 1000) / accepted
}

const groupsOf = (targets: readonly Described[], rounds: readonly PeakRound[]) =>
  new Map(targets.map(({ name }) => [name, rounds.filter((round) => round.name === name)]))

function saturation(rounds: readonly PeakRound[]): string[] {
  const names = rounds.filter(({ generatorLoad }) => generatorLoad > saturatedLoad).map(({ name }) => name)
  if (names.length === 0) return []
  return [
    `The load generator was saturated, and with it the figures limited, for: ${[...new Set(names)].join('; ')}.`,
  ]
}

/** One round in one line, to watch while it runs. */
export function roundLine(round: PeakRound): string {
  const figures = smoothFigures.map(([title, of, digits]) => `${formatted(of([round]), digits)} ${title}`)
  const generator = `generator ${formatted(round.generatorLoad * 100)} % of a core`
  return [round.name.padEnd(22), ...figures, generator].join(', ')
}
