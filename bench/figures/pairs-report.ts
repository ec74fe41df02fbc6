import type { Measured } from '../measure.ts'
import { median, sum } from './statistics.ts'
import { formatted, table } from './table.ts'

/** What both shops have done in one round. */
export type Pair = readonly [first: Measured, second: Measured]

type Measure = [title: string, of: (run: Measured) => number]

/**
 * A table of two shops that took turns: the medians of each, and the median, the least and the greatest of what the
 * second is of the first within a pair.
 */
export function pairsReport(names: readonly [string, string], pairs: readonly Pair[]): string {
  const programs = [...new Set(pairs.flat().flatMap(({ cpuMs }) => [...cpuMs.keys()]))]
  const measures: Measure[] = [
    ['orders/s', ({ perSecond }) => perSecond],
    ['p50, ms', ({ p50Ms }) => p50Ms],
    ['p95, ms', ({ p95Ms }) => p95Ms],
    ['p99, ms', ({ p99Ms }) => p99Ms],
    ['settled p99, ms', ({ settledP99Ms }) => settledP99Ms],
    ...programs.map(
      (program): Measure => [
        `${program}, µs of CPU per order`,
        ({ cpuMs, accepted }) => ((cpuMs.get(program) ?? 0) * 1000) / accepted,
      ],
    ),
    ['together, µs of CPU per order', ({ cpuMs, accepted }) => (sum(cpuMs.values()) * 1000) / accepted],
  ]
  return table(
    ['median', ...names, 'ratio within a pair', 'from – to'],
    measures.map(([title, of]) => [title, ...compared(pairs.map(([one, other]) => [of(one), of(other)]))]),
  )
}

function compared(pairs: readonly (readonly [number, number])[]): string[] {
  const ratios = pairs.map(([first, second]) => second / first)
  const spread = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => formatted(ratio, 3))
  const medians = [median(pairs.map(([first]) => first)), median(pairs.map(([, second]) => second))]
  return [...medians.map((value) => formatted(value)), formatted(median(ratios), 3), spread.join(' – ')]
}
