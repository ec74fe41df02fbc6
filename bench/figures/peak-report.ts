import type { Contender } from '../contenders/contender.ts'
import type { LoadResult } from '../load/load.ts'
import type { Settlement } from '../load/settlement.ts'
import { median } from './statistics.ts'
import { type Column, formatted, table } from './table.ts'

/** One contender in one round. */
export interface PeakRound extends LoadResult {
  name: string
  settlement?: Settlement
}

const columns = (yardstick: string): Column[] => [
  { title: 'contender' },
  { title: 'requests/s', align: 'right' },
  { title: 'lowest–highest', align: 'right' },
  { title: 'p50 ms', align: 'right' },
  { title: 'p99 ms', align: 'right' },
  { title: 'errors', align: 'right' },
  { title: `÷ ${yardstick}`, align: 'right' },
  { title: 'settled ÷ accepted', align: 'right' },
  { title: 'queued', align: 'right' },
  { title: 'drained after s', align: 'right' },
]

/** A generator that needs a whole core is what limits the figures. */
const saturatedLoad = 0.9

type Described = Pick<Contender, 'name' | 'description'>

/**
 * The table of medians, what its rows are, and a warning where the load generator was the limit.
 *
 * @param yardstick the name of the contender that the others are divided by
 */
export function peakReport(
  contenders: readonly Described[],
  rounds: readonly PeakRound[],
  yardstick: string,
): string {
  const rate = (name: string) => median(rounds.filter((one) => one.name === name).map((one) => one.perSecond))
  const reference = contenders.some(({ name }) => name === yardstick) ? rate(yardstick) : undefined
  const rows = contenders.map(({ name }) => row(name, rounds, reference))
  const descriptions = contenders.map(({ name, description }) => `- **${name}**: ${description}.`)
  return [table(columns(yardstick), rows), descriptions.join('\n'), ...saturation(rounds)].join('\n\n')
}

function row(name: string, all: readonly PeakRound[], reference: number | undefined): string[] {
  const rounds = all.filter((one) => one.name === name)
  const rates = rounds.map(({ perSecond }) => perSecond)
  const middle = (of: (round: PeakRound) => number) => median(rounds.map(of))
  return [
    name,
    formatted(median(rates)),
    `${formatted(Math.min(...rates))}–${formatted(Math.max(...rates))}`,
    formatted(
      middle(({ p50Ms }) => p50Ms),
      1,
    ),
    formatted(
      middle(({ p99Ms }) => p99Ms),
      1,
    ),
    formatted(rounds.reduce((sum, { failed }) => sum + failed, 0)),
    reference ? formatted(median(rates) / reference, 2) : '–',
    ...settlementCells(rounds.flatMap(({ settlement }) => settlement ?? [])),
  ]
}

function settlementCells(settlements: readonly Settlement[]): string[] {
  if (settlements.length === 0) return ['–', '–', '–']
  const middle = (of: (one: Settlement) => number) => median(settlements.map(of))
  return [
    formatted(
      middle(({ settledShare }) => settledShare),
      2,
    ),
    formatted(middle(({ queued }) => queued)),
    formatted(
      middle(({ drainedAfterSeconds }) => drainedAfterSeconds),
      1,
    ),
  ]
}

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
  settlement,
}: PeakRound): string {
  const settled = settlement
    ? `, ${formatted(settlement.settledShare * 100)} % settled, drained after ${formatted(settlement.drainedAfterSeconds, 1)} s`
    : ''
  return `${name.padEnd(26)}${formatted(perSecond).padStart(7)}/s, p50 ${formatted(p50Ms, 1)} ms, p99 ${formatted(p99Ms, 1)} ms, ${failed} errors${settled}, generator ${formatted(generatorLoad * 100)} % of a core`
}
