import type { LoadResult } from '../load/load.ts'
import { median } from './statistics.ts'
import { type Column, formatted, table } from './table.ts'

/** What one shop of a pair has done in one round. */
export interface PairedRun extends Pick<LoadResult, 'accepted' | 'perSecond' | 'p50Ms' | 'p95Ms' | 'p99Ms'> {
  /** The 99th percentile of the milliseconds until an order was settled. */
  settledP99Ms: number
  /** Milliseconds of CPU by program, until the last order was settled. */
  cpuMs: Map<string, number>
}

export type Pair = readonly [first: PairedRun, second: PairedRun]

/**
 * A table of two shops that took turns: the medians of each, and the median, the least and the greatest of what the
 * second is of the first within a pair.
 */
export function pairsReport(names: readonly [string, string], pairs: readonly Pair[]): string {
  const programs = [
    ...new Set(pairs.flatMap(([first, second]) => [...first.cpuMs.keys(), ...second.cpuMs.keys()])),
  ]
  const measures: [title: string, of: (run: PairedRun) => number][] = [
    ['orders/s', ({ perSecond }) => perSecond],
    ['p50, ms', ({ p50Ms }) => p50Ms],
    ['p95, ms', ({ p95Ms }) => p95Ms],
    ['p99, ms', ({ p99Ms }) => p99Ms],
    ['settled p99, ms', ({ settledP99Ms }) => settledP99Ms],
    ...programs.map((program): [string, (run: PairedRun) => number] => [
      `${program}, µs of CPU per order`,
      (run) => perOrderUs(run, run.cpuMs.get(program) ?? 0),
    ]),
    ['together, µs of CPU per order', (run) => perOrderUs(run, sum(run.cpuMs))],
  ]
  const right = (title: string): Column => ({ title, align: 'right' })
  return table(
    [{ title: 'median' }, ...names.map(right), right('ratio within a pair'), right('from – to')],
    measures.map(([title, of]) => {
      const ratios = pairs.map(([first, second]) => of(second) / of(first))
      const spread = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => formatted(ratio, 3))
      return [
        title,
        formatted(median(pairs.map(([first]) => of(first)))),
        formatted(median(pairs.map(([, second]) => of(second)))),
        formatted(median(ratios), 3),
        spread.join(' – '),
      ]
    }),
  )
}

const perOrderUs = ({ accepted }: PairedRun, ms: number): number => (ms * 1000) / accepted

const sum = (times: Map<string, number>) => [...times.values()].reduce((total, time) => total + time, 0)
