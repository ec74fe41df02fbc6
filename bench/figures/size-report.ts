import type { Cell } from '../size/measure.ts'
import { type Figure, figureTable, formatted, middle } from './table.ts'

/** The latency at a size may be this many times the one at the smallest size. */
const targetRatio = 1.3

/** The table of median latencies by size with their ratios to the smallest one, and whether all are within the target. */
export function sizeReport(cells: readonly Cell[]): string {
  const sizes = [...new Set(cells.map(({ orders }) => orders))].sort((one, other) => one - other)
  const [smallest = 0, ...larger] = sizes
  const groups = Map.groupBy(cells, ({ operation }) => operation)
  const figures: Figure<Cell>[] = [
    ...sizes.map((size): Figure<Cell> => [`${formatted(size)} orders`, (group) => latencies(group, size)]),
    ...larger.map(
      (size): Figure<Cell> => [
        `${formatted(size)} ÷ ${formatted(smallest)}`,
        (group) => p50(at(group, size)) / p50(at(group, smallest)),
        2,
      ],
    ),
  ]
  const ratios = [...groups].map(([operation, group]) => ({
    operation,
    ratio: Math.max(...larger.map((size) => p50(at(group, size)) / p50(at(group, smallest)))),
  }))
  return `${figureTable('ms, p50 (p95)', groups, figures)}\n\n${verdict(ratios)}`
}

const at = (group: readonly Cell[], size: number) => group.filter(({ orders }) => orders === size)
const p50 = middle(({ p50Ms }: Cell) => p50Ms)
const p95 = middle(({ p95Ms }: Cell) => p95Ms)
const latencies = (group: readonly Cell[], size: number): string =>
  `${formatted(p50(at(group, size)), 2)} (${formatted(p95(at(group, size)), 2)})`

function verdict(ratios: readonly { operation: string; ratio: number }[]): string {
  const highest = Math.max(...ratios.map(({ ratio }) => ratio))
  const missed = ratios.filter(({ ratio }) => ratio > targetRatio).map(({ operation }) => operation)
  const says = missed.length === 0 ? 'kept' : `missed by: ${missed.join('; ')}`
  return `The highest ratio is ${formatted(highest, 2)}; the target of at most ${targetRatio} is ${says}.`
}
