import type { LoadResult } from '../load/load.ts'
import type { Settlement } from '../load/settlement.ts'
import type { Target } from '../targets/target.ts'
import { median } from './statistics.ts'
import { type Column, formatted, table } from './table.ts'

/** One target in one round. */
export interface PeakRound extends LoadResult {
  name: string
  /** Microseconds of CPU per accepted request, of all programs but the load generator, until the last order was settled. */
  cpuUs: number
  settlement?: Settlement
  /** NaN where orders have no time of settlement. */
  settledP99Ms?: number
}

/** A generator that needs a whole core is what limits the figures. */
const saturatedLoad = 0.9

type Described = Pick<Target, 'name' | 'description'>
type Measure = (round: PeakRound) => number

const right = (title: string): Column => ({ title, align: 'right' })
const settledPerSecond: Measure = ({ settlement }) => settlement?.settledPerSecond ?? Number.NaN
const cell = (value: number, digits = 0) => (Number.isNaN(value) ? '–' : formatted(value, digits))

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
  const columns = ['accepted/s', 'lowest–highest', 'settled/s', `settled ÷ ${yardstick}`, 'p50 ms', 'p99 ms']
  const more = ['errors', 'CPU µs per order', 'drained after s']
  const reference = targets.some(({ name }) => name === yardstick)
    ? middle(rounds, yardstick, settledPerSecond)
    : Number.NaN
  const rows = targets.map(({ name }) => {
    const own = rounds.filter((one) => one.name === name)
    const rates = own.map(({ perSecond }) => perSecond)
    const of = (measure: Measure) => middle(rounds, name, measure)
    return [
      name,
      cell(median(rates)),
      `${cell(Math.min(...rates))}–${cell(Math.max(...rates))}`,
      cell(of(settledPerSecond)),
      cell(of(settledPerSecond) / reference, 2),
      cell(
        of(({ p50Ms }) => p50Ms),
        1,
      ),
      cell(
        of(({ p99Ms }) => p99Ms),
        1,
      ),
      cell(own.reduce((sum, { failed }) => sum + failed, 0)),
      cell(of(({ cpuUs }) => cpuUs)),
      cell(
        of(({ settlement }) => settlement?.drainedAfterSeconds ?? Number.NaN),
        1,
      ),
    ]
  })
  const descriptions = targets.map(({ name, description }) => `- **${name}**: ${description}.`)
  return [
    table([{ title: 'target' }, ...[...columns, ...more].map(right)], rows),
    descriptions.join('\n'),
    ...saturation(rounds),
  ].join('\n\n')
}

/** The table of medians at a constant rate; latencies count from when a request was due. */
export function smoothReport(targets: readonly Described[], rounds: readonly PeakRound[]): string {
  const measures: [title: string, measure: Measure, digits?: number][] = [
    ['accepted/s', ({ perSecond }) => perSecond],
    ['p50 ms', ({ p50Ms }) => p50Ms, 1],
    ['p95 ms', ({ p95Ms }) => p95Ms, 1],
    ['p99 ms', ({ p99Ms }) => p99Ms, 1],
    ['errors', ({ failed }) => failed],
    ['settled/s', settledPerSecond],
    ['settled p99 ms', ({ settledP99Ms }) => settledP99Ms ?? Number.NaN],
    ['CPU µs per order', ({ cpuUs }) => cpuUs],
  ]
  const rows = targets.map(({ name }) => [
    name,
    ...measures.map(([, measure, digits]) => cell(middle(rounds, name, measure), digits)),
  ])
  return table([{ title: 'target' }, ...measures.map(([title]) => right(title))], rows)
}

const middle = (rounds: readonly PeakRound[], name: string, measure: Measure): number =>
  median(rounds.filter((one) => one.name === name).map(measure))

function saturation(rounds: readonly PeakRound[]): string[] {
  const names = rounds.filter(({ generatorLoad }) => generatorLoad > saturatedLoad).map(({ name }) => name)
  if (names.length === 0) return []
  return [
    `The load generator was saturated, and with it the figures limited, for: ${[...new Set(names)].join('; ')}.`,
  ]
}

/** One round in one line, to watch while it runs. */
export function roundLine({
  name,
  perSecond,
  p50Ms,
  p99Ms,
  failed,
  generatorLoad,
  cpuUs,
  settlement,
}: PeakRound): string {
  const settled = settlement
    ? `, settled ${formatted(settlement.settledPerSecond)}/s, drained after ${formatted(settlement.drainedAfterSeconds, 1)} s`
    : ''
  return `${name.padEnd(26)}${formatted(perSecond).padStart(7)}/s, p50 ${formatted(p50Ms, 1)} ms, p99 ${formatted(p99Ms, 1)} ms, ${failed} errors${settled}, ${formatted(cpuUs)} µs an order, generator ${formatted(generatorLoad * 100)} % of a core`
}
